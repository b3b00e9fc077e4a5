"""Several mails become one that reads well."""

from bot.wording.merging import Parts, merged, tidy


def test_facts_come_first_then_questions_then_one_farewell():
    both = merged(
        [
            Parts("El paquete salió hoy.", "¿Estará en casa?", "Un saludo"),
            Parts("El reembolso está hecho.", "¿Le llegó?", "Gracias"),
        ]
    )
    assert both.facts == "El paquete salió hoy.\n\nEl reembolso está hecho."
    assert both.question == "¿Estará en casa?\n\n¿Le llegó?"
    assert both.closing == "Un saludo"


def test_what_two_say_alike_is_said_once():
    twice = merged([Parts("Hola.\n\nLlega mañana."), Parts("Llega  MAÑANA.")])
    assert twice.facts == "Hola.\n\nLlega mañana."


def test_a_part_that_is_missing_leaves_no_hole():
    assert tidy("Hola\n\n\n\n  \nAdiós\n\n") == "Hola\n\nAdiós"
