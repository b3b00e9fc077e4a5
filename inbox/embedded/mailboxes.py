"""Mailboxes of the embedded IMAP server that write through to the store."""

from collections.abc import Iterable

from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.concurrent import Event
from pymap.exceptions import NotSupportedError
from pymap.flags import FlagOp
from pymap.interfaces.message import CachedMessage
from pymap.mailbox import MailboxSnapshot
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag
from pymap.selected import SelectedMailbox

from cases import clock
from inbox.embedded.mail_store import Box, KeptMail, MailStore

FOLDERS = ("INBOX", "Sent", "Drafts", "Trash")


class KeptMailbox(MailboxData):
    """One mailbox; what changes in memory has been written to the store before anyone is told."""

    def __init__(self, owner: "KeptMailboxes", box: Box) -> None:
        super().__init__(owner._content_cache, owner._thread_cache)
        self.box = box
        self._store = owner.store
        self._uid_validity = box.uid_validity
        self._max_uid = box.last_uid
        for mail in self._store.mails(box.id):
            self._show(mail, recent=False)

    async def update_selected(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None
    ) -> SelectedMailbox:
        # What came before IDLE began is told at once, as RFC 2177 has it.
        behind = (selected.mod_sequence or 0) < self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if behind else wait_on)

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        async with self.messages_lock.write_lock():
            mail = KeptMail(
                self._max_uid + 1,
                tuple(flag.value for flag in append_msg.flag_set),
                append_msg.when or clock.now(),
                bytes(append_msg.literal),
            )
            self._store.put(self.box.id, mail)
            self._max_uid = mail.uid
            message = self._show(mail, recent=recent)
            self._updated.set()
            return message

    def _show(self, mail: KeptMail, *, recent: bool) -> Message:
        content = MessageContent.parse(mail.content)
        message = Message(
            mail.uid,
            mail.arrived_at,
            frozenset(Flag(flag) for flag in mail.flags),
            email_id=self._content_cache.add(content),
            thread_id=self._thread_cache.add(content),
            recent=recent,
            content=content,
        )
        self._messages[mail.uid] = message
        self._mod_sequences.update([mail.uid])
        return message

    async def copy(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        new_uid = await super().copy(uid, destination, recent=recent)
        if new_uid is not None and isinstance(destination, KeptMailbox):
            self._store.copy(self.box.id, uid, destination.box.id, new_uid)
        return new_uid

    async def move(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        new_uid = await super().move(uid, destination, recent=recent)
        if new_uid is not None and isinstance(destination, KeptMailbox):
            self._store.move(self.box.id, uid, destination.box.id, new_uid)
        return new_uid

    async def update(
        self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp
    ) -> Message:
        message = await super().update(uid, cached_msg, flag_set, mode)
        self._store.flag(self.box.id, uid, (flag.value for flag in message.permanent_flags))
        return message

    async def delete(self, uids: Iterable[int]) -> None:
        gone = list(uids)
        await super().delete(gone)
        self._store.drop(self.box.id, gone)


class KeptMailboxes(MailboxSet):
    """All mailboxes of one user, as the store knows them."""

    def __init__(self, store: MailStore, owner: str) -> None:
        super().__init__()
        self.store = store
        self.owner = owner
        kept = {box.name: box for box in store.boxes(owner)}
        boxes = {name: KeptMailbox(self, kept.get(name) or self._new(name)) for name in FOLDERS}
        boxes |= {name: KeptMailbox(self, box) for name, box in kept.items() if name not in boxes}
        self._inbox: MailboxData = boxes.pop("INBOX")
        self._set: dict[str, MailboxData] = dict(boxes)
        self._subscribed = dict.fromkeys(boxes, True)

    async def add_mailbox(self, name: str) -> ObjectId:
        async with self._set_lock.write_lock():
            if name in self._set:
                raise ValueError(name)
            self._set[name] = box = KeptMailbox(self, self._new(name))
            return box.mailbox_id

    async def delete_mailbox(self, name: str) -> None:
        box = self._set.get(name)
        await super().delete_mailbox(name)
        if isinstance(box, KeptMailbox):
            self.store.drop_box(box.box.id)

    async def rename_mailbox(self, before: str, after: str) -> None:
        if before.upper() == "INBOX":
            raise NotSupportedError
        await super().rename_mailbox(before, after)
        for name, box in self._set.items():
            if isinstance(box, KeptMailbox):
                self.store.rename_box(box.box.id, name)

    def _new(self, name: str) -> Box:
        return self.store.add_box(self.owner, name, MailboxSnapshot.new_uid_validity())
