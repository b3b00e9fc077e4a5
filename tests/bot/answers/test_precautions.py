"""What an agent is asked before an answer leaves."""

import pytest

from bot.answers.precautions import Situation, Worry, doubts


def _worries(**values: object) -> list[Worry]:
    return [one.worry for one in doubts(Situation(**{"text": "Hola", **values}))]  # type: ignore[arg-type]


def test_a_plain_answer_raises_no_doubt() -> None:
    assert _worries(answers_from="a@x.test", written_to=("a@x.test", "b@x.test")) == []


@pytest.mark.parametrize(
    "text",
    [
        *("Te adjunto la factura.", "Adjuntamos el albarán", "See the ATTACHED file", "enclosed"),
        *("I attach the bill.", "I’ll attach it"),
    ],
)
def test_a_text_that_speaks_of_a_file_needs_one(text: str) -> None:
    assert _worries(text=text) == [Worry.FILE]
    assert _worries(text=text, files=1) == []


@pytest.mark.parametrize(
    "text", ["no adjuntes nada", "detached", "Could you attach it?", "se ha desajuntado"]
)
def test_words_that_only_look_alike_do_not(text: str) -> None:
    assert _worries(text=text) == []


def test_everything_doubtful_is_named_the_certain_slips_first() -> None:
    found = doubts(
        Situation(
            text="attached",
            bots=("progress",),
            campaigns=("Rebajas",),
            bounced=("x@y.test",),
            answers_from="a@x.test",
            written_to=("b@x.test",),
        )
    )
    assert [one.worry for one in found] == [
        *(Worry.BOUNCED, Worry.FILE, Worry.MAILBOX, Worry.BOT, Worry.MARKETING)
    ]
    assert found[0].about == ("x@y.test",)


def test_passing_a_mail_on_may_come_from_any_mailbox() -> None:
    assert _worries(forwarding=True, answers_from="a@x", written_to=("b@x",)) == []
