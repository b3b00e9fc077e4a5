"""Cases whose messages say something, with the words in the index."""

from cases import Case, Contact, Direction, Message, Origin, clock
from cases.db import transaction
from cases.words import keeping


def written(*texts: str) -> list[int]:
    """A case with one message of each text; their numbers."""
    at = clock.now()
    with transaction() as session:
        contact = Contact(name="Óscar Ruiz", created_at=at)
        cases = [Case(subject=text, contact=contact, opened_at=at, last_at=at) for text in texts]
        for case in cases:
            session.add(case)
            case.messages.append(
                Message(
                    direction=Direction.IN,
                    origin=Origin.CUSTOMER,
                    subject=f"Asunto {case.subject}",
                    sender="oscar.ruiz@cliente.example",
                    sender_name="Óscar Ruiz",
                    to=["soporte@tienda.example"],
                    text=case.subject,
                    arrived_at=at,
                )
            )
        session.flush()
        numbers = [case.id for case in cases]
    keeping.keep()
    return numbers
