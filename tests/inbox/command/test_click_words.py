"""What click says is said in the language of whoever reads it, whatever they got wrong."""

import pytest
from click.testing import CliRunner

from cases import language
from inbox.command import tregua


def said(*words: str) -> tuple[int, str]:
    with language.speaking("es"):
        outcome = CliRunner().invoke(tregua, list(words))
    return outcome.exit_code, outcome.output


ENGLISH = ("Usage", "Options", "Show this", "No such", "Missing", "Invalid", "Try '", "[default")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["sla", "preview", "--help"], 0, "si no se dice: 7"),
        (["mailbox", "add", "--help"], 0, "[obligatorio]"),
        (["parcel"], 2, "No hay ninguna orden 'parcel'"),
        (["user", "add"], 2, "Falta el argumento 'ADDRESS'"),
        (["user", "add", "ana"], 2, "no es una dirección"),
        (["user", "add", "a@b.test", "--role", "king"], 2, "'king' no es ninguno de estos"),
        (["user", "list", "--all"], 2, "No hay ninguna opción '--all'"),
        (["user", "list", "all"], 2, "Sobra un argumento (all)"),
        (["mailbox", "add", "a@b.test", "--port", "0"], 2, "0 no está entre los límites"),
        (["sla", "explain", "x"], 2, "'x' no es un número válido"),
        (["token", "issue", "x", "--scope", "check", "--from", "home"], 2, "red como 10.1.0.0/16"),
        (["contacts", "import", "/none.csv"], 2, "'/none.csv' no existe"),
    ],
)
def test_help_and_refusals_are_spanish(words: list[str], status: int, told: str) -> None:
    ended, output = said(*words)
    assert ended == status, output
    # Long lines are folded.
    output = " ".join(output.split())
    assert told in output
    assert [one for one in ENGLISH if one in output] == []
