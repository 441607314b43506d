"""A web server on this machine that plays the publisher of a dataset."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Publisher:
    """What it answers, and how often it was asked. `announced` is a Content-Length that may lie."""

    url: str = ""
    content: bytes = b""
    status: int = 200
    announced: int | None = None
    silence: threading.Event | None = None
    """Until this is set, nothing is answered."""
    drips: bool = False
    """Whether, while it is silent, a byte comes now and then, so that no timeout of a socket passes."""
    asked: list[str] = field(default_factory=list)


@contextmanager
def publishing(content: bytes = b"") -> Iterator[Publisher]:
    """Serve `content` under every path until the block ends."""
    publisher = Publisher(content=content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.asked.append(self.path)
            if publisher.silence:
                while not publisher.silence.wait(0.05 if publisher.drips else 30):
                    self.wfile.write(b"H")
                return
            self.send_response(publisher.status)
            length = len(publisher.content) if publisher.announced is None else publisher.announced
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(publisher.content)

        def log_message(self, *_arguments: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher.url = f"http://127.0.0.1:{server.server_port}/data.zip"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield publisher
    finally:
        if publisher.silence:
            publisher.silence.set()
        server.shutdown()
        server.server_close()
        thread.join()


def zipped(members: dict[str, bytes]) -> bytes:
    """Pack a zip archive with these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
