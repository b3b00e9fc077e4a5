"""What a WSGI server loads: `gunicorn wsgi:app`."""

import gc
import logging

from cases.settings import LINE, settings
from inbox.app import create_app

logging.basicConfig(level=settings().log, format=LINE)
app = create_app()

# What was loaded stays for ever. To look through it again and again would stop every large
# answer for a quarter of a second.
gc.collect()
gc.freeze()
