"""The course of a case's mood, worked out anew from its messages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import course
from cases.case import Case
from cases.message import Message


def follow(session: Session, case: Case) -> None:
    """Work out the course of the case's mood anew."""
    session.flush()
    rows = session.scalars(
        select(Message).where(Message.case_id == case.id).order_by(Message.arrived_at, Message.id)
    )
    signs = [sign for row in rows if (sign := course.sign_of(row)) is not None]
    case.course = course.written(course.course_of(signs))
