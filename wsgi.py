"""The app for a WSGI server: `waitress-serve wsgi:app`. What its operator has to put right is told in one line."""

import gc
import logging
import sys

gc.disable()  # what is loaded here stays: looking through it for rubbish takes a tenth of the start

# ruff: noqa: E402
from ml.settings import SettingsError
from ml.spec import SpecError
from webapp import create_app
from webapp.jobs.messages import QueueError
from webapp.store.schema import SchemaError

try:
    app = create_app()
except (SettingsError, SpecError, SchemaError, QueueError, OSError) as error:
    # Not raised on: whoever imports us would show a traceback, and Waitress its manual above that.
    sys.exit(f"Proctor cannot start: {error}")
logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # else a line for each request that waits for a thread
gc.freeze()
gc.enable()
