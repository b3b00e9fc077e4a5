"""Signatures, closings and what telephones add are told from the words."""

import pytest

from inbox.intake.reading import newly_written, signer_of

WORDS = "My order 4711 never arrived and nobody answers the phone.\nPlease send it again."

SIGNATURES = (
    "-- \nAna García\nAcme SL",
    "--\nAna",
    "---\nAna",
    "—\nAna",
    "_______________\nAna García\n+34 600 000 000",
    "Regards,\nAna",
    "Kind regards\n\nAna García\nHead of Sales\nTel. +34 600 000 000\nwww.acme.example",
    "Best,\nAna",
    "Thanks,\nAna",
    "Many thanks!\nAna García",
    "Cheers, Ana",
    "Regards Ana",
    "Yours sincerely,\n\nAna García",
    "Un saludo,\nAna",
    "Un saludo.",
    "Saludos",
    "Saludos cordiales,\n\nAna García López\nDepartamento de Compras\nC/ Mayor 3, 28001 Madrid",
    "Atentamente,\nAna García",
    "Muchas gracias y un saludo,\nAna",
    "Gracias,\nAna",
    "Reciba un cordial saludo,\n\nAna",
    "Atte.\nAna García",
    "Cordialement,\nAna",
    "Mit freundlichen Grüßen\nAna",
    "MfG\nAna",
    "Cordiali saluti\nAna",
    "Atenciosamente,\nAna",
    "Com os melhores cumprimentos,\nAna",
    "Salutacions,\nAna",
    "Met vriendelijke groet,\nAna",
    "-Ana García",
    "- Ana",
    "-Ana.",
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Mail for Windows",
    "Sent from Outlook for Android<https://aka.ms/x>",
    "Get Outlook for iOS<https://aka.ms/x>",
    "Get Outlook for Android\n<https://aka.ms/x>",
    "Sent from Yahoo Mail on Android",
    "Sent via BlackBerry from T-Mobile",
    "Enviado desde mi iPhone",
    "Enviado desde mi Xiaomi",
    "Enviado desde Correo para Windows",
    "Enviado desde Yahoo Mail con Android",
    "Obtener Outlook para Android",
    "Descargar Outlook para iOS",
    "Enviado desde Outlook",
    "Envoyé de mon iPhone",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Inviato da iPhone",
    "Enviado do meu iPhone",
    "Enviat des del meu iPhone",
    "Verstuurd vanaf mijn iPhone",
    "iPhoneから送信",
    "Sent from my mobile device, please excuse my brevity.",
    "Sent via Superhuman",
    "Sent from [ProtonMail](https://proton.example), encrypted email based in Switzerland.",
    "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    "Enviado desde mi dispositivo Samsung Galaxy",
    "Enviado desde mi smartphone Huawei",
    "Enviado con el correo de Yahoo para iPhone",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Provenance : Courrier pour Windows",
    "Un saludo / Best regards\nAna García",
    "*Kind regards,*\n*Ana García*",
    "Regards,\nAna\n\nSent from my iPad",
    "Un saludo,\nAna\n\n-- \nAna García\nAcme SL",
    "Ana García\nSales Manager\nAcme Ltd\n+34 600 000 000",
)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_the_signature_is_no_part_of_the_words_but_not_lost(signature):
    read = newly_written(f"{WORDS}\n\n{signature}\n")
    assert read.new_text == WORDS
    assert signature.split("\n")[-1] in read.with_signature


@pytest.mark.parametrize("signature", SIGNATURES)
def test_the_signature_above_a_quotation_is_found_too(signature):
    quote = "On Tue, Mar 4, 2025 at 9:12 AM Shop <help@shop.example> wrote:\n\n> Hello"
    assert newly_written(f"{WORDS}\n\n{signature}\n\n{quote}\n").new_text == WORDS


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my desk, which is easier than my telephone.",
        "The parcel was sent from Madrid on Monday.",
        "Thanks for the help, it works now.",
        "It works.\n\nThanks!",
        "Ya funciona.\n\nMuchas gracias",
        "Gracias por contestar.\n¿Cuándo llega?",
        "Here is a fix -- not a signature.",
        "I bought:\n\n- Apples\n- Pears",
        "Saludos a todos los del equipo, pero mi pedido sigue sin llegar.",
        "Regards to the whole team, but where is my parcel?",
        "One part.\n\n----------\n\nAnother part of it, which goes on for more than a few words.",
        "My new address is:\n\nAna García\nCalle Mayor 3\n28001 Madrid",
        "My new address, since you asked for it and want to send the parcel there again, is:\n\n"
        "Ana García\nCalle Mayor 3\nTel. 600 000 000\nana@casa.example",
        "Best thing ever\n\nBut broken after one day, so I want my money back now please.",
        "Hola,\n\nquiero darme de baja.",
        "Regards,\n\nthis is about the order 4711 that never came and that I want refunded now.",
    ],
)
def test_what_only_resembles_a_signature_is_kept(text):
    assert newly_written(text).new_text == text


def test_a_postscript_below_the_closing_is_kept():
    text = "It broke.\n\nRegards,\nAna\n\nP.S. I want a refund."
    assert "refund" in newly_written(text).new_text


@pytest.mark.parametrize(
    "disclaimer",
    [
        "CONFIDENTIALITY NOTICE: This e-mail is for the addressee only.",
        "This email and any attachments are confidential and intended solely for the addressee.",
        "AVISO LEGAL: Este mensaje va dirigido a su destinatario y puede contener información.",
        "Este mensaje y sus archivos adjuntos van dirigidos exclusivamente a su destinatario.\n"
        "Si no es usted el destinatario, le rogamos que lo borre.",
        "Antes de imprimir este correo, piense en el medio ambiente.",
        "En cumplimiento de la Ley Orgánica 3/2018 le informamos de que sus datos se guardan.",
        "Please consider the environment before printing this email.",
        "Ce message et ses pièces jointes sont confidentiels.",
        "Diese E-Mail enthält vertrauliche Informationen.",
        "Libre de virus. www.avast.example",
    ],
)
def test_a_disclaimer_is_folded(disclaimer):
    read = newly_written(f"{WORDS}\n\nRegards,\nAna\n\n{disclaimer}\n\nMore of it.")
    assert read.new_text == WORDS
    assert "disclaimer" in {fold.kind for fold in read.folded}


def test_data_protection_as_a_complaint_is_no_disclaimer():
    text = "Hola.\n\nQuiero saber qué hacen con mi consulta sobre protección de datos."
    assert newly_written(text).new_text == text


MOLLY = signer_of("Molly Núñez", "molly.nunez@home.example")


@pytest.mark.parametrize(
    "signature",
    [
        "\n\nMolly",
        "\n\nMolly\n\nSent from my iPhone",
        "\nmolly n.\n\nEnviado desde mi iPhone",
        "\n\nMolly Nunez",
        "\n\nMolly Núñez\nJefa de Compras\nTalleres Núñez S.L.\nTel. 930 000 000",
        "\n\nMolly Núñez Finch",
    ],
)
def test_the_senders_own_name_below_the_text_is_a_signature(signature: str) -> None:
    read = newly_written("Thursday works for me." + signature, signer=MOLLY)
    assert read.new_text == "Thursday works for me."
    assert "olly" in read.with_signature


@pytest.mark.parametrize(
    "text",
    [
        "Molly",
        "The name on the parcel should be\n\nGloria Finch",
        "Yes\n\nPerfect\n\nSent from my iPhone",
        "This is\nMolly\nThe red one, please.",
        "Which of us two is right?\n\nMolly?",
        "Only the blue one.\n\nMonday",
        "Ship to:\n\nMolly Núñez\nTel. 930 000 000",
        "Who signed?\n\nMolly Finch",
        "These two come:\n\nAda Finch\nMolly Núñez",
    ],
)
def test_a_name_or_word_that_answers_is_kept(text: str) -> None:
    assert newly_written(text, signer=MOLLY).new_text == text.removesuffix(
        "\n\nSent from my iPhone"
    )


def test_a_name_is_known_again_by_the_address_alone() -> None:
    maria = signer_of("", "mariajose88@home.example")
    assert newly_written("It broke.\n\nMaría José", signer=maria).new_text == "It broke."
    patio = signer_of("", "patio@home.example")
    assert newly_written("Any day.\n\nPat", signer=patio).new_text == "Any day.\n\nPat"


def test_what_openpgp_writes_around_a_text_is_folded() -> None:
    begin = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
    quoted = "\n\nOn 1 November 2026 08:48, Help <help@shop.example> wrote:\n> Is it on?\n"
    end = "-----BEGIN PGP SIGNATURE-----\n\niD8DBQE9\n=CLnw\n-----END PGP SIGNATURE-----\n"
    assert newly_written(f"{begin}It is on.{quoted}{end}").new_text == "It is on."
    assert newly_written(f"{begin}It is on.\n{end}").new_text == "It is on."
    assert newly_written(begin).new_text


def test_the_link_of_a_mail_program_does_not_make_a_question_of_its_name() -> None:
    line = "Sent from Edison Mail ( https://mail.example/1078?pid=x )"
    assert newly_written(f"Red, please.\n\n{line}").new_text == "Red, please."


WARNINGS = (
    "[EXTERNAL EMAIL] Do not click links unless you recognise the sender.",
    "CAUTION: This email originated from outside of the organization. Do not open attachments.",
    "PRECAUCIÓN: este correo procede de fuera de la organización. No abra adjuntos ni enlaces.",
    "ACHTUNG: Diese E-Mail kommt von extern. Klicken Sie nicht auf Links.",
)


@pytest.mark.parametrize("warning", WARNINGS)
def test_what_servers_put_above_a_mail_from_outside_is_folded(warning: str) -> None:
    assert newly_written(f"{warning}\n\nNo llega.").new_text == "No llega."
    assert newly_written(warning).new_text == warning


def test_people_may_speak_of_mails_from_outside() -> None:
    for said in (
        "Attention: the link in your external mail is dead.",
        "Este mensaje es externo al pedido. El enlace no va.",
        "Your external mail filter eats my attachments.",
    ):
        assert newly_written(f"{said}\n\nWhat now?").new_text == f"{said}\n\nWhat now?"
