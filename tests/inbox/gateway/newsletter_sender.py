"""A shop's newsletter tool (django-newsletter), told to send one campaign: a program of its own.

Runs under an interpreter that has Django and knows nothing of us but the port of an SMTP server.
Usage: newsletter_sender.py FOLDER PORT HOW_MANY
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

USUAL = "django.core.mail.backends.smtp.EmailBackend"
folder, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a program that lives for a minute",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "n.db")}},
    INSTALLED_APPS=[
        *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sites"),
        *("django.contrib.sessions", "django.contrib.messages", "sorl.thumbnail", "newsletter"),
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    NEWSLETTER_THUMBNAIL="sorl-thumbnail",
    SITE_ID=1,
    USE_TZ=True,
    EMAIL_BACKEND=os.environ.get("NEWSLETTER_BACKEND", USUAL),
    TREGUA_URL=os.environ.get("TRUCE_URL", ""),
    TREGUA_TOKEN=os.environ.get("TRUCE_TOKEN", ""),
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=port,
)
django.setup()

from django.urls import include, path  # noqa: E402
from django.utils.timezone import now, timedelta  # noqa: E402
from newsletter.models import (  # noqa: E402
    Article,
    Message,
    Newsletter,
    Submission,
    Subscription,
)

urlpatterns = [path("newsletter/", include("newsletter.urls"))]

call_command("migrate", verbosity=0)
letter = Newsletter.objects.create(
    title="Rebajas", slug="rebajas", email="tienda@tienda.example", sender="Tienda", send_html=False
)
for n in range(count):
    Subscription.objects.create(
        newsletter=letter, email_field=f"c{n}@cliente.example", subscribed=True
    )
message = Message.objects.create(newsletter=letter, title="Rebajas", slug="rebajas")
Article.objects.create(post=message, title="Todo a mitad de precio", text="Hasta el domingo.")
submission = Submission.from_message(message)
submission.publish_date = now() - timedelta(minutes=1)
submission.prepared = True
submission.save()
submission.submit()
print("sent" if submission.sent else "not sent")
