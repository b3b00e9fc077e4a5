"""Quotations of all mail programs and languages are told from what the person wrote."""

import pytest

from cases.mail import Mail
from inbox.intake.reading import NewlyWritten, newly_written

WORDS = "Sigue sin llegar el paquete.\n\nThe parcel number is 4711."

ATTRIBUTIONS = (
    "On Tue, Mar 4, 2025 at 9:12 AM Shop Help <help@shop.example> wrote:",
    "On Tue, Mar 4, 2025 at 9:12 AM Shop Help <\nhelp-with-a-very-long-name@shop.example> wrote:",
    "On Mar 4, 2025, at 9:12 AM, Shop Help\n<help@shop.example>\nwrote:",
    "On 04/03/2025 09:12, Shop Help wrote:",
    "On 4 March 2025, Shop Help <help@shop.example> wrote:",
    "Shop Help <help@shop.example> wrote:",
    "Shop Help <help@shop.example> wrote on 4.3.2025 9:12:",
    "On Tuesday, March 4, 2025 at 09:12:33 AM GMT+1, Shop <help@shop.example> wrote:",
    "---- On Tue, 04 Mar 2025 09:12:00 +0100 Shop <help@shop.example> wrote ----",
    "--- On Tue, 3/4/25, Shop <help@shop.example> wrote:",
    "On Tue, Mar 4, 2025 at 9:12 AM Shop ***@***.***> wrote:",
    "On Tue 4 Mar 2025 9:12, Shop Help <help@shop.example> wrote",
    "Am 04.03.25 um 09:12 schrieb Laden <\nhilfe@laden.example>:",
    "El mar, 4 mar 2025 a la(s) 09:12, Tienda (ayuda@tienda.example) escribió:",
    "--- El mar, 4/3/25, Tienda <ayuda@tienda.example> escribió:",
    "Le lun. 3 mars 2025 à 10 h 12, Boutique <aide@boutique.example> a écrit :",
    "09:12, 4 марта 2025 г., Магазин <help@shop.example>:",
    "4. 3. 2025 v 9:12, Obchod <pomoc@obchod.example>:",
    "Vào 09:12 4 tháng 3, 2025, Shop <help@shop.example> đã viết:",
    "Am Di., 4. März 2025, 09:12 hat Laden <hilfe@laden.example> geschrieben:",
    "---- Shop Help wrote ----",
    "---- Tienda escribió ----",
    ">>> Shop Help <help@shop.example> 04/03/25 9:12 >>>",
    "2025-03-04 9:12 GMT+01:00 Shop Help <help@shop.example>:",
    "Quoting Shop Help <help@shop.example>:",
    "At 09:12 AM 3/4/2025, Shop Help wrote:",
    "El mar, 4 mar 2025 a las 9:12, Tienda (<ayuda@tienda.example>) escribió:",
    "El mar, 4 mar 2025 a las 9:12, Atención al Cliente de la Tienda (<\n"
    "ayuda@tienda.example>) escribió:",
    "El 04/03/2025 a las 9:12, Tienda escribió:",
    "El 4/3/25 a las 9:12, Tienda escribió:",
    "El martes, 4 de marzo de 2025, Tienda <ayuda@tienda.example> escribió:",
    "El martes, 4 de marzo de 2025, 09:12:33 CET, Tienda <ayuda@tienda.example>\nescribió:",
    "El 4 mar 2025, a las 9:12, Tienda <ayuda@tienda.example> escribió:",
    "El 4 de marzo de 2025 9:12:10 CET, Tienda <ayuda@tienda.example> escribió:",
    "4 de marzo de 2025 9:12, Tienda <ayuda@tienda.example> escribió:",
    "Tienda <ayuda@tienda.example> escribió:",
    "Tienda <ayuda@tienda.example> escribió el mar, 4 de mar de 2025 a las 9:12:",
    "El mar., 4 mar. 2025 9:12 a. m., Tienda <ayuda@tienda.example> escribió:",
    "Con fecha 4/3/2025 9:12, Tienda <ayuda@tienda.example> ha escrito:",
    "Le mar. 4 mars 2025 à 09:12, Boutique <aide@boutique.example> a écrit :",
    "Le 4 mars 2025 à 09:12, Boutique <aide@boutique.example> a\nécrit :",
    "Le 04/03/2025 à 09:12, Boutique a écrit :",
    "Am Di., 4. März 2025 um 09:12 Uhr schrieb Laden <hilfe@laden.example>:",
    "Am 04.03.2025 um 09:12 schrieb Laden:",
    "Laden <hilfe@laden.example> schrieb am Di., 4. März 2025, 09:12:",
    "Il giorno mar 4 mar 2025 alle ore 09:12 Negozio <aiuto@negozio.example> ha\nscritto:",
    "Il 04/03/2025 09:12, Negozio ha scritto:",
    "Em ter., 4 de mar. de 2025 às 09:12, Loja <ajuda@loja.example> escreveu:",
    "Em 04/03/2025 09:12, Loja escreveu:",
    "El dt., 4 de març 2025 a les 9:12, Botiga (<ajuda@botiga.example>) va\nescriure:",
    "Op di 4 mrt 2025 om 09:12 schreef Winkel <hulp@winkel.example>:",
    "Op 04-03-2025 om 09:12 schreef Winkel:",
    "Den tirs. 4. mar. 2025 kl. 09.12 skrev Butik <hjaelp@butik.example>:",
    "Den tis 4 mars 2025 kl 09:12 skrev Butik <hjalp@butik.example>:",
    "tis 4 mars 2025 kl. 09:12 skrev Butik <hjalp@butik.example>:",
    "wt., 4 mar 2025 o 09:12 Sklep <pomoc@sklep.example> napisał(a):",
    "W dniu 04.03.2025 o 09:12, Sklep pisze:",
    "вт, 4 мар. 2025 г. в 09:12, Магазин <help@shop.example>:",
    "4 марта 2025 г., 09:12 пользователь Магазин <help@shop.example> написал:",
    "ti 4. maalisk. 2025 klo 9.12 Kauppa (apu@kauppa.example) kirjoitti:",
    "út 4. 3. 2025 v 9:12 odesílatel Obchod <pomoc@obchod.example> napsal:",
    "4 Mar 2025 Sal, saat 09:12 tarihinde Dükkan <yardim@dukkan.example> şunu\nyazdı:",
    "În mar., 4 mar. 2025 la 09:12, Magazin <ajutor@magazin.example> a scris:",
    "2025年3月4日(火) 9:12 店 <help@shop.example>:",
    "店 <help@shop.example> 于2025年3月4日周二 09:12写道：",
    "2025년 3월 4일 (화) 오전 9:12, 가게 <help@shop.example>님이 작성:",
)

HEADERS = (
    "From: Shop Help <help@shop.example>\nSent: Tuesday, March 4, 2025 9:12 AM\n"
    "To: Ana <ana@home.example>\nSubject: Your parcel",
    "From: Shop Help\nSent: Tuesday, March 4, 2025 9:12 AM\nTo: Ana\nSubject: Your parcel",
    "*From:* Shop Help [mailto:help@shop.example]\n*Sent:* Tuesday\n*To:* Ana\n*Subject:* Parcel",
    "From: Shop Help\n<help@shop.example>\nDate: Tue, 4 Mar 2025 09:12\nTo: Ana\n"
    "<ana@home.example>\nSubject: Your parcel",
    "________________________________\nDe: Tienda <ayuda@tienda.example>\n"
    "Enviado: martes, 4 de marzo de 2025 9:12\nPara: Ana <ana@casa.example>\nAsunto: Su paquete",
    "De: Tienda\nEnviado el: martes, 4 de marzo de 2025 9:12\nPara: Ana\nAsunto: Su paquete",
    'De: "Tienda" <ayuda@tienda.example>\nPara: "Ana" <ana@casa.example>\n'
    "Enviados: Martes, 4 de Marzo 2025 9:12:00\nAsunto: Su paquete",
    "De: Tienda <ayuda@tienda.example> Enviado el: martes 4 Para: Ana Asunto: Su paquete",
    "De : Boutique <aide@boutique.example>\nEnvoyé : mardi 4 mars 2025 09:12\nÀ : Ana\n"
    "Objet : Votre colis",
    "Von: Laden <hilfe@laden.example>\nGesendet: Dienstag, 4. März 2025 09:12\nAn: Ana\n"
    "Betreff: Ihr Paket",
    "Da: Negozio <aiuto@negozio.example>\nInviato: martedì 4 marzo 2025 09:12\nA: Ana\n"
    "Oggetto: Il suo pacco",
    "De: Loja <ajuda@loja.example>\nEnviada em: terça-feira, 4 de março de 2025 09:12\n"
    "Para: Ana\nAssunto: A sua encomenda",
    "De: Botiga <ajuda@botiga.example>\nEnviat el: dimarts, 4 de març de 2025 9:12\n"
    "Per a: Ana\nAssumpte: El seu paquet",
    "Van: Winkel <hulp@winkel.example>\nVerzonden: dinsdag 4 maart 2025 09:12\nAan: Ana\n"
    "Onderwerp: Uw pakket",
    "Fra: Butik <hjaelp@butik.example>\nSendt: 4. marts 2025 09:12\nTil: Ana\nEmne: Din pakke",
    "Från: Butik <hjalp@butik.example>\nSkickat: den 4 mars 2025 09:12\nTill: Ana\nÄmne: Paket",
    "Od: Sklep <pomoc@sklep.example>\nWysłano: wtorek, 4 marca 2025 09:12\nDo: Ana\nTemat: Paczka",
    "差出人: 店 <help@shop.example>\n送信日時: 2025年3月4日 9:12\n宛先: Ana\n件名: 小包",
    "发件人: 店 <help@shop.example>\n发送时间: 2025年3月4日 9:12\n收件人: Ana\n主题: 包裹",
)

SEPARATORS = (
    "-----Original Message-----",
    "----- Original message -----",
    "-------- Original Message --------\nSubject: Parcel\nFrom: Shop <help@shop.example>",
    "-----Mensaje original-----",
    "-------- Mensaje original --------\nDe: Tienda <ayuda@tienda.example>\nFecha: 4/3/25 9:12",
    "-----Message d'origine-----",
    "-----Ursprüngliche Nachricht-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
    "-----Missatge original-----",
    "-----Oorspronkelijk bericht-----",
    "##- Please type your reply above this line -##",
    "##- Por favor, escriba su respuesta por encima de esta línea -##",
    "--- Responda por encima de esta línea ---",
    "=== Reply ABOVE THIS LINE to answer ===",
)


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_a_quotation_with_marks_below_its_attribution_is_not_the_persons(line):
    quoted = f"{WORDS}\n\n{line}\n\n> Estamos en ello.\n> We are looking.\n"
    assert newly_written(quoted).new_text == WORDS


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_a_quotation_without_marks_below_its_attribution_is_not_the_persons(line):
    assert newly_written(f"{WORDS}\n{line}\n\nEstamos en ello.\nBye").new_text == WORDS


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_an_answer_below_the_quotation_is_found(line):
    assert newly_written(f"{line}\n> Estamos en ello.\n\n{WORDS}\n").new_text == WORDS


@pytest.mark.parametrize("heading", HEADERS)
def test_what_stands_below_a_header_block_is_not_the_persons(heading):
    assert newly_written(f"{WORDS}\n\n{heading}\n\nEstamos en ello.").new_text == WORDS


@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_stands_below_a_separator_is_not_the_persons(separator):
    assert newly_written(f"{WORDS}\n\n{separator}\n\nEstamos en ello.").new_text == WORDS


def test_answers_between_quoted_lines_are_kept_with_the_points_they_answer():
    text = (
        "Hola:\n\n"
        "El 4/3/25 a las 9:12, Tienda escribió:\n"
        "> ¿Qué número de pedido es?\n\n"
        "El 4711.\n\n"
        "> ¿Y la dirección?\n"
        "Calle Mayor 3, Madrid.\n"
    )
    assert newly_written(text).new_text == (
        "Hola:\n\n> ¿Qué número de pedido es?\n\nEl 4711.\n\n"
        "> ¿Y la dirección?\nCalle Mayor 3, Madrid."
    )


def test_the_end_of_a_quoted_line_broken_in_two_is_quoted_too():
    text = (
        "Thanks, that worked.\n\n"
        "> please unplug the router, wait for half a minute and then plug it in\n"
        "again\n"
        "> and tell us the colour of the light\n"
    )
    assert newly_written(text).new_text == "Thanks, that worked."


@pytest.mark.parametrize("prefix", ["> ", ">", "| ", "AB> ", "  > ", ">> "])
def test_lines_are_quoted_by_other_prefixes_too(prefix):
    text = f"Not yet.\n\n{prefix}Did it arrive?\n{prefix}Please tell us.\n"
    assert newly_written(text).new_text == "Not yet."


def test_an_attribution_without_colon_counts_above_a_quotation():
    text = "Not yet.\n\n2025/3/4 Shop Help <help@shop.example>\n\n> Did it arrive?\n"
    assert newly_written(text).new_text == "Not yet."


def test_reply_and_attribution_on_one_line_are_parted_in_spanish():
    text = "Aún no El mar, 4 mar 2025 a las 9:12, Tienda <a@t.example> escribió:\n> ¿Llegó?\n"
    assert newly_written(text).new_text == "Aún no"


def test_deeply_quoted_blank_lines_are_quoted():
    assert newly_written("Yes.\n\n>> a\n>>>\n>>> b\n>>>\n").new_text == "Yes."


def test_more_than_five_is_no_quotation():
    text = "I waited\n>5 days for it."
    assert newly_written(text).new_text == text


def test_a_table_drawn_with_bars_is_no_quotation():
    text = "The prices:\n| lamp | 20 |\n| sofa | 300 |"
    assert newly_written(text).new_text == text


def test_an_escaped_from_is_no_quotation():
    text = "I waited long.\n>From Monday on I was at home."
    assert newly_written(text).new_text == text


def test_reply_and_attribution_on_one_line_are_parted():
    text = "No, it did not On Tue, Mar 4, 2025 at 9:12 AM, help@shop.example wrote:\n> Did it?\n"
    assert newly_written(text).new_text == "No, it did not"


@pytest.mark.parametrize(
    "text",
    [
        "On the one hand it works.\nOn Monday it did not:\nno light at all.",
        "El lunes 3 de marzo me escribió su compañera Marta:\nque el pedido salía el martes.",
        "On 3 March 2025 your colleague wrote:\nthat the parcel had left.",
        "From: Madrid\nTo: Oslo\nDate: 3 May\n\nPlease book this trip.",
        "De: Madrid\nA: Sevilla\n\nMe cobraron dos billetes.",
        "Pedido: 4711\nFecha: 3/5/2025 10:30\nPara: Ana (ana@casa.example)\nAsunto: x\n\nNo llega.",
        "Name: Ana\nFrom: ana@home.example\nSubject: lamp\nMessage: it broke",
        "De: ana@casa.example\nAsunto: lámpara\nMensaje: se rompió",
        "Para: mi hermana\n\nQuiero regalarle esto.",
        "The error reads:\n\nfatal: out of paper\n\nWhat now?",
        "Subject: not working\n\nHello, it does not work.",
        "Estos son los datos:\n- pedido 4711\n- talla M",
        "I wrote to you at 10:30.\nYou wrote nothing back.",
        "a\nb\n\nc",
        "Llamé a las 10:30 y me dijeron:\nvuelva mañana.",
    ],
)
def test_what_only_resembles_a_quotation_is_kept(text):
    assert newly_written(text).new_text == text


@pytest.mark.parametrize(
    "text",
    [
        "-----Original Message-----\nFrom: a@b.example\nTo: c@d.example\n\nHello",
        "On Tue, Mar 4, 2025 at 9:12 AM Shop <help@shop.example> wrote:\n\nAll of it.",
        "--\nAna",
        "Un saludo,\nAna",
        "Sent from my iPhone",
        "Aviso legal: este mensaje es confidencial.",
        "##- Please type your reply above this line -##\n\nHello",
    ],
)
def test_what_a_person_wrote_is_never_empty(text):
    read = newly_written(text)
    assert read.new_text == text
    assert read.with_signature == text


@pytest.mark.parametrize(
    "text",
    [
        "> Todo citado.\n> Nada más.",
        "> El 4/3/25 a las 9:12, Tienda escribió:\n>\n>> ¿Llegó?\n>> Un saludo",
        "El mar, 4 mar 2025 a las 9:12, Tienda (<\na@t.example>) escribió:\n\n> ¿Llegó?\n",
        "\n\nAm 04.03.25 um 09:12 schrieb Laden:\n> Hallo\n",
    ],
)
def test_a_mail_that_only_quotes_has_nothing_newly_written(text):
    assert newly_written(text) == NewlyWritten("", "")
    assert newly_written(text, subject="Fwd: Pedido").new_text == text.strip()


def test_an_empty_mail_stays_empty():
    assert newly_written("").new_text == ""
    assert newly_written(" \n\n ").new_text == ""


def test_the_reader_learns_which_lines_to_fold():
    read = newly_written(
        "Hola.\n\nUn saludo,\nAna\n\nEl 4/3/25 a las 9:12, X escribió:\n> a\n> b\n"
    )
    assert ("signature", 2, 5) in read.folded
    assert ("quote", 5, 8) in read.folded


def test_windows_line_ends_make_no_difference():
    assert newly_written("Yes.\r\n\r\n> No?\r\n").new_text == "Yes."


def test_a_quotation_that_the_person_set_is_kept_and_the_whole_mail_before_is_not():
    set_by_hand = "> ¿Llegará antes del viernes?\n\nSí, seguro."
    assert newly_written(set_by_hand).new_text == set_by_hand
    below = "On Mon, 3 Mar 2025, Shop wrote:\n> Which size?\n\nSize 40, please."
    assert newly_written(below).new_text == "Size 40, please."
    long = "\n".join(f"> line {number} of the terms" for number in range(40))
    assert newly_written(f"{long}\n\nI do not agree.").new_text == "I do not agree."


def test_what_others_wrote_has_no_part_in_what_rules_and_models_judge():
    mail = Mail(new_text="> I hate this, cancel everything!\nThanks, all is well.")
    assert mail.own_words == "Thanks, all is well."


def test_an_attribution_of_address_and_date_alone_is_one_above_a_quotation():
    above = "* Help <help@shop.example> [2026-11-24 10:12]:\n"
    assert newly_written(f"{above}> Did it work?\n\nIt did.\n").new_text == "It did."
    assert "help@shop" in newly_written(f"{above}\nIt did.\n").new_text


def test_a_quoted_number_below_its_attribution_is_a_quotation():
    text = "On Wed, 18 Nov 2009 00:23:42 +0100, Ana <ana@home.example> wrote:\n> 17 files\n\nMany!"
    assert newly_written(text).new_text == "Many!"
    assert newly_written("It weighs\n> 17 kg").new_text == "It weighs\n> 17 kg"


def test_an_old_mail_whose_header_stands_on_the_line_of_its_separator_is_quoted() -> None:
    header = (
        "From: Shop <us@x.example> Date: 23/11/2026 10:15 (GMT+01:00) To: Ana Ruiz <ana@x.example>"
    )
    text = f"Nothing came.\n-------- Original message --------{header} Subject: Order\nDid it come?"
    assert newly_written(text).new_text == "Nothing came."


def test_a_name_and_a_time_announce_a_quotation_but_a_few_words_more_do_not():
    below = "\n> Estamos en ello.\n> Un saludo"
    assert newly_written(f"Vale.\n\nTienda, 02/03/2026 10:15:{below}").new_text == "Vale."
    said = "El seguimiento del paquete dice el 02/03/2026 a las 10:15:"
    assert said in newly_written(f"{said}{below}\n\nNo es verdad.").new_text
