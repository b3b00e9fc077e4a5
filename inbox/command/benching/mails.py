"""The mail that the benches make: always the same for the same number, Spanish and English."""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address as Named
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

SHOP = "soporte@tienda.test"
BOT = "pedidos@tienda.test"
BEGAN = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)

OPENINGS = {
    "es": ("Hola:", "Buenos días,", "Buenas tardes:", "Hola, equipo:"),
    "en": ("Hello,", "Hi there,", "Good morning,", "Dear team,"),
}
SENTENCES = {
    "es": (
        "Hice el pedido {n} hace dos semanas y todavía no ha llegado nada.",
        "Me habéis cobrado dos veces el mismo recibo y nadie me contesta.",
        "La batidora llegó rota y con la caja abierta; os mando una foto.",
        "¿Podéis decirme a qué hora cierra la tienda los sábados?",
        "Quiero dar de baja el pedido {n}, pero no la suscripción.",
        "He llamado tres veces y siempre me pasan con otra persona.",
        "Necesito la factura con el CIF de la empresa antes del viernes.",
        "El código que me enviáis para entrar no funciona desde ayer.",
        "Muchas gracias por la ayuda de la semana pasada, todo perfecto.",
        "Si no me devolvéis el dinero tendré que poner una reclamación.",
    ),
    "en": (
        "I placed order {n} two weeks ago and nothing has arrived yet.",
        "You have charged me twice for the same month and nobody answers.",
        "The kettle came broken and the box was open; a photo is attached.",
        "Could you tell me when the shop closes on Saturdays?",
        "Please cancel order {n}, but not my subscription.",
        "I have called three times and every time I get somebody else.",
        "I need the invoice with our company's tax number before Friday.",
        "The code you send me to sign in has not worked since yesterday.",
        "Thank you so much for your help last week, all is well now.",
        "If I do not get my money back I will have to make a complaint.",
    ),
}
SUBJECTS = {
    "es": ("Pedido {n}", "No llega mi pedido {n}", "Duda", "Factura {n}", "Urgente: cobro doble"),
    "en": (
        "Order {n}",
        "Where is my order {n}",
        "Question",
        "Invoice {n}",
        "Urgent: charged twice",
    ),
}
KINDS = (
    *(("plain", 38), ("follow_up", 22), ("html", 14), ("attachment", 8)),
    *(("bot", 6), ("newsletter", 5), ("out_of_office", 4), ("bounce", 3)),
)
REPORT = """

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message was not delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; nadie{n}@cliente.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
--b--
"""


@dataclass(frozen=True, slots=True)
class Writer:
    """A customer of the bench."""

    name: str
    address: str
    language: str


def mails(number: int, *, seed: int = 7, run: str = "r") -> Iterator[bytes]:
    """So many mails. `run` makes their Message-IDs and customers different from another run's."""
    maker = _Maker(random.Random(seed), run)  # noqa: S311  no secret
    for n in range(number):
        yield maker.make(n)


class _Maker:
    def __init__(self, chance: random.Random, run: str) -> None:
        self._chance = chance
        self._run = run
        self._threads: list[tuple[str, str, Writer]] = []

    def make(self, n: int) -> bytes:
        kinds, weights = zip(*KINDS, strict=True)
        kind = self._chance.choices(kinds, weights)[0]
        if kind == "follow_up" and not self._threads:
            kind = "plain"
        mail: EmailMessage | bytes = getattr(self, f"_{kind}")(n)
        if isinstance(mail, bytes):
            return mail
        # Boundaries are made by chance, but the same bytes are wanted each time.
        for depth, part in enumerate(mail.walk()):
            if part.is_multipart():
                part.set_boundary(f"=_{n}.{depth}")
        return bytes(mail)

    def _plain(self, n: int) -> EmailMessage:
        mail = self._person(n)
        mail.set_content(self._text(n, self._threads[-1][2].language))
        return mail

    def _follow_up(self, n: int) -> EmailMessage:
        rfc_id, subject, who = self._chance.choice(self._threads[-200:])
        mail = self._letter(n, who.address, who.name, f"Re: {subject}")
        mail["In-Reply-To"] = mail["References"] = rfc_id
        said = {"es": "El lun, 2 mar 2026, {who} escribió:", "en": "On 2 Mar 2026, {who} wrote:"}
        quoted = "\n".join(f"> {line}" for line in self._text(n, who.language).splitlines())
        heading = said[who.language].format(who=who.name)
        mail.set_content(f"{self._text(n, who.language, 2)}\n{heading}\n{quoted}\n")
        return mail

    def _html(self, n: int) -> EmailMessage:
        mail = self._plain(n)
        text = self._text(n, self._threads[-1][2].language, 6)
        lines = "".join(f'<p style="margin:0">{line}</p>\n' for line in text.splitlines())
        mail.add_alternative(f"<html><body><div>{lines}</div></body></html>", subtype="html")
        return mail

    def _attachment(self, n: int) -> EmailMessage:
        mail = self._plain(n)
        content = self._chance.randbytes(self._chance.randint(8, 60) * 1024)
        mail.add_attachment(content, maintype="image", subtype="jpeg", filename=f"foto{n}.jpg")
        return mail

    def _bot(self, n: int) -> EmailMessage:
        _id, _subject, who = self._threads[-1] if self._threads else ("", "", self._writer(n))
        mail = self._letter(n, BOT, "Pedidos", f"Pedido {n} enviado")
        mail.replace_header("To", Named(who.name, addr_spec=who.address))
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"Tu pedido {n} ha salido del almacén.\n")
        return mail

    def _newsletter(self, n: int) -> EmailMessage:
        mail = self._letter(n, f"boletin@proveedor{n % 9}.test", "Boletín", f"Novedades {n}")
        mail["List-Id"] = f"<boletin.proveedor{n % 9}.test>"
        mail["List-Unsubscribe"] = "<https://proveedor.test/baja>"
        mail.set_content("Novedades del mes.\n")
        mail.add_alternative("<p>Novedades del mes.</p>" * 40, subtype="html")
        return mail

    def _out_of_office(self, n: int) -> EmailMessage:
        who = self._writer(n)
        mail = self._letter(n, who.address, who.name, "Fuera de la oficina / Out of office")
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content("Estoy fuera hasta el 9 de marzo.\n")
        return mail

    def _bounce(self, n: int) -> bytes:
        mail = self._letter(n, "mailer-daemon@mx.test", "Mail Delivery System", "Undelivered Mail")
        mail["Auto-Submitted"] = "auto-replied"
        mail["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
        return bytes(mail).rstrip() + REPORT.format(n=n).encode().replace(b"\n", b"\r\n")

    def _person(self, n: int) -> EmailMessage:
        who = self._writer(n)
        subject = self._chance.choice(SUBJECTS[who.language]).format(n=n)
        mail = self._letter(n, who.address, who.name, subject)
        self._threads.append((str(mail["Message-ID"]), subject, who))
        return mail

    def _writer(self, n: int) -> Writer:
        language = "es" if self._chance.random() < 0.6 else "en"
        return Writer(f"Cliente {n}", f"c{n}.{self._run}@cliente{n % 97}.test", language)

    def _letter(self, n: int, sender: str, name: str, subject: str) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        when = BEGAN + timedelta(seconds=17 * n)
        for hop in range(3):
            mail["Received"] = f"from mx{hop}.test by mx{hop + 1}.test; {format_datetime(when)}"
        mail["From"] = Named(name, addr_spec=sender)
        mail["To"] = Named("Soporte", addr_spec=SHOP)
        mail["Subject"] = subject
        mail["Date"] = format_datetime(when)
        mark = base64.b32encode(self._chance.randbytes(5)).decode().lower()
        mail["Message-ID"] = f"<{n}.{mark}.{self._run}@{sender.partition('@')[2]}>"
        return mail

    def _text(self, n: int, language: str, most: int = 5) -> str:
        opening = self._chance.choice(OPENINGS[language])
        said = self._chance.choices(SENTENCES[language], k=self._chance.randint(1, most))
        body = "\n".join(said).format(n=n)
        return f"{opening}\n\n{body}\n\nCliente {n}\n"
