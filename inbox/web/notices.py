"""What was just done, in a sentence, and how to take it back: for toasts and for plain pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import request, url_for

from bot.answers import undo_window
from cases.db import reading
from cases.language import gettext as _
from cases.language import ngettext, say_number
from inbox.web import bulk
from inbox.web.who import agent


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence, and where a button sends its undoing."""

    text: str
    undo: str = ""
    seconds: int = 10
    fields: Mapping[str, str] = field(default_factory=dict)
    """What its undoing has to know."""


Kind = Callable[[int], Notice]


def closed(case_id: int) -> Notice:
    undo = url_for("actions.reopen", case_id=case_id)
    return Notice(_("Case {number} is closed", number=case_id), undo)


def reopened(case_id: int) -> Notice:
    undo = url_for("actions.close", case_id=case_id)
    return Notice(_("Case {number} is open again", number=case_id), undo)


def read(case_id: int) -> Notice:
    return Notice(_("Case {number} is marked as read", number=case_id))


def unread(case_id: int) -> Notice:
    return Notice(_("Case {number} is marked as unread", number=case_id))


def assigned(event_id: int) -> Notice:
    undo = url_for("actions.unassign", event_id=event_id)
    return Notice(_("The case has a new assignee"), undo)


def given_back(case_id: int) -> Notice:
    return Notice(_("Case {number} is whose it was before", number=case_id))


def corrected(correction_id: int) -> Notice:
    undo = url_for("actions.take_back", correction_id=correction_id)
    return Notice(_("Correction kept: the classifier learns from it"), undo)


def uncorrected(case_id: int) -> Notice:
    return Notice(_("Case {number}: correction taken back", number=case_id))


def tagged(event_id: int) -> Notice:
    return Notice(_("Tags changed"), url_for("tagging.undo", event_id=event_id))


def untagged(case_id: int) -> Notice:
    return Notice(_("Case {number}: tags as before", number=case_id))


def noted(_case_id: int) -> Notice:
    return Notice(_("Note added: the customer does not see it"))


def sent(message_id: int) -> Notice:
    undo = url_for("replies.withdraw", message_id=message_id)
    seconds = int(undo_window(agent()).total_seconds())
    if not seconds:
        return Notice(_("Sent"))
    said = ngettext(
        "Sending… the answer leaves in {number} second",
        "Sending… the answer leaves in {number} seconds",
        seconds,
    )
    return Notice(said, undo, seconds)


def kept(_case_id: int) -> Notice:
    return Notice(_("Saved: your text waits here until you send or discard it"))


def laid_aside(case_id: int) -> Notice:
    undo = url_for("snoozes.wake", case_id=case_id)
    return Notice(_("Case {number} is laid aside", number=case_id), undo)


def woken(case_id: int) -> Notice:
    return Notice(_("Case {number} is back", number=case_id))


def renamed(event_id: int) -> Notice:
    return Notice(_("The case has a new subject"), url_for("naming.unname", event_id=event_id))


def named_back(case_id: int) -> Notice:
    return Notice(_("Case {number} is called as before", number=case_id))


def linked(case_id: int) -> Notice:
    return Notice(_("Case {number} is linked", number=case_id))


def merged(case_id: int) -> Notice:
    undo = url_for("joining.undo_merge", case_id=case_id)
    return Notice(_("Case {number} is merged into this one", number=case_id), undo, 30)


def unmerged(case_id: int) -> Notice:
    return Notice(_("Case {number} stands for itself again", number=case_id))


def split_off(case_id: int) -> Notice:
    undo = url_for("joining.undo_split", case_id=case_id)
    return Notice(_("Case {number} is a case of its own", number=case_id), undo, 30)


def rejoined(case_id: int) -> Notice:
    return Notice(_("The messages of case {number} are back", number=case_id))


def erased(_contact_id: int) -> Notice:
    return Notice(_("Erased: nothing they wrote is left here"))


def withdrawn(_message_id: int) -> Notice:
    return Notice(_("Taken back. Your text is in the box again"))


def changed(number: int) -> Notice:
    return Notice(ngettext("{number} case changed", "{number} cases changed", number))


def many(number: int) -> Notice:
    """Of an action with several cases."""
    with reading() as session:
        row = bulk.chosen(session, number, agent())
    if row is None:
        return changed(0)
    said = changed(len(row.done)).text
    if left := len(row.case_ids) - len(row.done):
        said = _("{changed}; {number} left as they were", changed=said, number=say_number(left))
    return Notice(said, url_for("selection.undo", number=number) if row.done else "")


def taken_back(number: int) -> Notice:
    return Notice(ngettext("{number} case as before", "{number} cases as before", number))


def again(_raw_id: int) -> Notice:
    return Notice(_("The mail is tried again now"))


def rest_wanted(_case_id: int) -> Notice:
    return Notice(_("The rest of the mail is being fetched"))


def saved(_id: int) -> Notice:
    return Notice(_("Saved"))


def cancelled(_case_id: int) -> Notice:
    return Notice(_("It will not be sent"))


def leaves_now(_case_id: int) -> Notice:
    return Notice(_("It leaves now"))


def dropped(_case_id: int) -> Notice:
    return Notice(_("Draft discarded"))


def words_dropped(case_id: int, fields: Mapping[str, str], *, had_files: bool) -> Notice:
    """The words come back, should somebody want them after all."""
    said = _("Draft discarded; its files do not come back") if had_files else _("Draft discarded")
    return Notice(said, url_for("half_written.bring_back", case_id=case_id), 30, fields)


def with_people(_case_id: int) -> Notice:
    return Notice(_("Bots are silent here"))


def with_bots(_case_id: int) -> Notice:
    return Notice(_("Bots may speak here"))


def gone(_id: int) -> Notice:
    return Notice(_("There is no such version: nothing was changed"))


def gone_call(_id: int) -> Notice:
    return Notice(_("It is not there any more: somebody was faster, or an hour went by"))


def example_loaded(_id: int) -> Notice:
    return Notice(_("The week is being filed: look at the inbox in a moment"))


def example_gone(_id: int) -> Notice:
    return Notice(_("The example data are gone"))


def limit_ended(version: int) -> Notice:
    return Notice(
        _("This limit holds no longer"), url_for("limits.bring_back", version=version), 30
    )


def limit_blocked(_id: int) -> Notice:
    return Notice(_("Another limit holds on those days by now: end that one first"))


def limit_gone(_id: int) -> Notice:
    return Notice(_("Somebody ended this limit before"))


def training(_id: int) -> Notice:
    return Notice(_("Training begins. See the result here in a minute"))


def alarm_tested(_id: int) -> Notice:
    return Notice(_("A test is on its way; whether it was taken is shown below in a moment"))


def view_removed(number: int) -> Notice:
    return Notice(_("The view is gone"), url_for("views.bring_back", number=number))


def view_back(_number: int) -> Notice:
    return Notice(_("The view is back"))


def truce_begun(_id: int) -> Notice:
    return Notice(_("On truce: marketing waits until that day"))


def truce_ended(_id: int) -> Notice:
    return Notice(_("That truce is over; what was not chosen stays"))


def refusal_kept(_id: int) -> Notice:
    return Notice(_("Kept: no advertising for them; service mail goes on"))


def not_wanted(_id: int) -> Notice:
    return Notice(_("Kept: nothing of that topic for them"))


def asked_back(_id: int) -> Notice:
    return Notice(_("A mail asks them to confirm it; nothing changes before"))


KINDS = {
    kind.__name__: kind
    for kind in (
        closed,
        reopened,
        *(assigned, given_back, read, unread),
        corrected,
        uncorrected,
        tagged,
        untagged,
        noted,
        sent,
        withdrawn,
        kept,
        erased,
        laid_aside,
        woken,
        *(renamed, named_back),
        linked,
        merged,
        unmerged,
        split_off,
        rejoined,
        changed,
        many,
        taken_back,
        again,
        rest_wanted,
        saved,
        *(view_removed, view_back),
        alarm_tested,
        gone,
        example_loaded,
        example_gone,
        gone_call,
        training,
        limit_ended,
        limit_blocked,
        limit_gone,
        cancelled,
        leaves_now,
        dropped,
        with_people,
        with_bots,
        truce_begun,
        truce_ended,
        refusal_kept,
        not_wanted,
        asked_back,
    )
}


def from_address() -> Notice | None:
    """The notice that the address of a page without scripts names: ?done=closed.7"""
    name, dot, number = request.args.get("done", "").partition(".")
    if not dot or name not in KINDS or not (number.isascii() and number.isdigit()):
        return None
    return KINDS[name](int(number[:18]))
