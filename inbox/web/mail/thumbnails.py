"""The pictures among the files of a mail, shown small beside the words that speak of them."""

from collections.abc import Mapping

from flask import make_response, redirect, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from cases.message import Message
from inbox import content
from inbox.web.access import Pages, Policy, allow
from inbox.web.mail import bodies

pages = Pages("thumbnails", __name__)

TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
MOST, LARGEST, LARGEST_MAIL = 6, 3_000_000, 20_000_000
ORNAMENT = 8_000
"""What stands inside a body and is smaller is a logo or a flourish, not what the mail is about."""


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(thumbnails_of=thumbnails_of)


def thumbnails_of(message: Message) -> list[Mapping[str, str | int]]:
    """The first few; none of a mail so large that each look into it takes long."""
    files: list[Mapping[str, str | int]] = message.attachments
    if sum(int(one["size"]) for one in files) > LARGEST_MAIL:
        return []
    return [one for one in files if _tells(one)][:MOST]


def _tells(file: Mapping[str, str | int]) -> bool:
    # Files that we sent are known by name, size and place alone, with or without a type.
    least = ORNAMENT if file.get("content_id") or file.get("inline") else 1
    return file.get("type") in TYPES and least <= int(file["size"]) <= LARGEST


@pages.get("/messages/<int:message_id>/attachments/<int:part>/picture")
@allow(Policy.CASES)
def picture(message_id: int, part: int) -> AnyResponse:
    """A file that is a picture by its bytes, whatever its mail says; another one is to be saved."""
    _row, file = bodies.attached(message_id, part)
    found = content.picture_of(file)
    if found is None:
        return redirect(url_for("bodies.attachment", message_id=message_id, part=part), 303)
    response = make_response(found.content)
    response.headers["Content-Type"] = found.type
    response.headers["X-Content-Kind"] = "file"
    return response
