"""`python -m ml.serve.apart`, with one end of a socket as its standard input.

Nobody stops it but by cutting the line, be it by dying: what stops its parent gently must not take away whom its last
requests are waiting for.
"""

import os
import signal
import socket


def main() -> None:
    """Serve the socket that is standard input."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    from ml.serve.apart.answering import serve  # noqa: PLC0415 - takes a second or two, and signals would end it

    with socket.socket(fileno=0) as line:
        serve(line)
    os._exit(0)  # nothing that a library does at its end may keep it


if __name__ == "__main__":
    main()
