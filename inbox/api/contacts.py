"""POST /v1/contacts: what a shop knows of its customers, in batches."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from cases import clock
from cases.db import FILING, transaction
from cases.people import files
from inbox.api.contract import body, contract, needs
from inbox.tokens import Scope

pages: Blueprint = contract("contacts")
MOST, AT_ONCE, LARGEST = 5_000, 500, 8 * 2**20


class Person(BaseModel):
    """One person, named by at least one identifier; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(default="", max_length=320)
    phone: str = Field(default="", max_length=60)
    customer_id: str = Field(default="", max_length=200)
    name: str = Field(default="", max_length=200)
    language: str = Field(default="", pattern="^(|es|en)$")
    country: str = Field(default="", max_length=2)
    zone: str = Field(default="", max_length=60)
    quiet_hours: str = Field(default="", max_length=11)
    tier: str = Field(default="", max_length=60)
    lifetime_value: float | None = Field(default=None, ge=-1e9, le=1e9)
    nps: int | None = Field(default=None, ge=0, le=10)
    vip: bool | None = None
    influencer: bool | None = None

    def row(self) -> dict[str, str]:
        """The person as a line of a file says it."""
        said = self.model_dump(exclude_none=True)
        flags = {
            name: "yes" if said.pop(name) else "no"
            for name in ("vip", "influencer")
            if name in said
        }
        if "lifetime_value" in said:
            said["lifetime_value"] = f"{said['lifetime_value']:.2f}"
        return {name: str(value) for name, value in said.items()} | flags


class People(BaseModel):
    """Some people."""

    model_config = ConfigDict(extra="forbid")

    items: list[Person] = Field(max_length=MOST)


@pages.post("/contacts")
@needs(Scope.CONTACTS_WRITE)
def write() -> ResponseReturnValue:
    """Each is taken or refused by itself; the answer names the refused by their place."""
    request.max_content_length = LARGEST
    lines = [(n, one.row()) for n, one in enumerate(People.model_validate(body()).items)]
    now, whole = clock.now(), files.Outcome()
    for n in range(0, len(lines), AT_ONCE):
        with transaction(lock=FILING) as session:
            outcome = files.take(
                session,
                lines[n : n + AT_ONCE],
                lambda session, row: files.take_contact(session, row, at=now),
            )
        whole.taken += outcome.taken
        whole.refused += outcome.refused
    refused = [{"i": place, "why": why} for place, why in whole.refused]
    return {"taken": whole.taken, "refused": refused}
