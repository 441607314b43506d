"""After signing in nobody is sent to another site, however the link is spelt."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.accounts.destinations import choose_destination, is_page_of_ours

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example/",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,hello",
    "evil.example",
    "runs",
    "?next=/",
    "",
    "/runs\r\nSet-Cookie: a=b",
    "/runs\x00",
    "/runs\x7f",
    "/runs\u2028",
    "/" + "a" * 2000,
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_elsewhere_is_refused(wanted: str) -> None:
    assert not is_page_of_ours(wanted)
    assert choose_destination(wanted, "/") == "/"


@pytest.mark.parametrize(
    "wanted", ["/", "/runs?sort=-accuracy&page=2", "/runs/abc#figures", "/data?", "/%2f/evil", "/é"]
)
def test_pages_of_ours_are_kept(wanted: str) -> None:
    assert choose_destination(wanted, "/") == wanted


def test_nothing_asked_for_leads_to_the_default() -> None:
    assert choose_destination(None, "/admin") == "/admin"


@given(st.text(alphabet="/\\:.@?#%ab \t\n\r\x00\u2028e", max_size=12))
def test_what_is_accepted_stays_on_the_site(wanted: str) -> None:
    if is_page_of_ours(wanted):
        assert urlsplit(urljoin("http://ours.example/login", wanted)).netloc == "ours.example"
