"""All that is summed day by day."""

from cases.reporting import answering, meaning, voices, working

KINDS = (
    *(working.MAIL, working.PROMISES, voices.PEOPLE, voices.FIRST, voices.HELD),
    *(meaning.MATTERS, meaning.OUTCOMES, answering.ANSWERED),
)
