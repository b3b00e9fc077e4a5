"""What a WSGI server loads: `gunicorn wsgi:app`."""

import gc

from inbox.app import create_app

app = create_app()

# What was loaded stays for ever. To look through it again and again would stop every large
# answer for a quarter of a second.
gc.collect()
gc.freeze()
