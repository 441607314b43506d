"""What the pages about a run's files show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.files.previews import Facts, Table


@dataclass(frozen=True)
class FileLine:
    """A file; `href` leads to its preview, and is empty where no address can hold its name."""

    name: str
    href: str
    size: int


@dataclass(frozen=True)
class FolderLine:
    """A folder with what is shown of it. `files` and `size` are of all below it, `hidden` of what is not shown."""

    name: str
    href: str
    files: int
    size: int
    folders: tuple[FolderLine, ...]
    lines: tuple[FileLine, ...]
    hidden: int


@dataclass(frozen=True)
class LookedPlace:
    """A place where artifacts were looked for, and what came of it in words."""

    place: str
    outcome: str


@dataclass(frozen=True)
class Fetching:
    """What came of the last wish to fetch: the job that runs or waits, or why the last one failed."""

    job_number: int
    job_href: str
    failure: str


@dataclass(frozen=True)
class FilesView:
    """A run's files, or where they were looked for. `root` is None where there are none here.

    `sentence` says where they are or what is the matter, `advice` what to do, `setting` the line to set.
    """

    run_id: str
    sentence: str
    root: FolderLine | None = None
    total: str = ""
    zip_href: str = ""
    zip_refusal: str = ""
    address: str = ""
    looked: tuple[LookedPlace, ...] = ()
    advice: str = ""
    setting: str = ""
    fetched_at: int | None = None
    is_remote: bool = False
    fetching: Fetching | None = None

    @property
    def can_fetch(self) -> bool:
        """Whether there is anything to fetch, and nobody is fetching it."""
        return self.is_remote and not (self.fetching and self.fetching.job_number)


@dataclass(frozen=True)
class Crumb:
    """A step on the way from the run to a file."""

    name: str
    href: str


@dataclass(frozen=True)
class FolderPage:
    """`/runs/<run_id>/files` and `/runs/<run_id>/files/<folder>`."""

    title: str
    crumbs: tuple[Crumb, ...]
    files: FilesView


@dataclass(frozen=True)
class FilePage:
    """`/runs/<run_id>/files/<file>`; one of `text`, `table`, `picture_href` and `frame_href` is there, or none."""

    title: str
    crumbs: tuple[Crumb, ...]
    facts: Facts
    kind: str
    download_href: str
    note: str = ""
    text: str = ""
    table: Table | None = None
    picture_href: str = ""
    frame_href: str = ""
