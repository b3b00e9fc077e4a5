"""All that is summed day by day."""

from cases.reporting import answering, meaning, people, voices, working

KINDS = (
    *(working.MAIL, working.PROMISES, people.TOLD, people.WROTE, people.HELD, voices.FIRST),
    *(meaning.MATTERS, meaning.OUTCOMES, answering.ANSWERED),
)
