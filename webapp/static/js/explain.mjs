// Fetches why, what if and like this one after the answer itself is shown, and puts them where the link to them stands.
// Where that fails the link stays and leads there.
async function explain(place) {
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(place.dataset.explain, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(place.id);
    if (found) place.replaceWith(found);
  } catch {
    // the link is there
  } finally {
    place.removeAttribute("aria-busy");
  }
}

for (const place of document.querySelectorAll("[data-explain]")) explain(place);
