"""Instants in bodies: with an offset, and in years in which somebody wrote or will write mail."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# At both ends of time an instant has no form in another zone, and no database has it.


def _within(instant: datetime) -> datetime:
    if not FIRST <= instant < LAST:
        raise PydanticCustomError("instant_out_of_range", "it must be from 1970 to 2199")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_within)]
