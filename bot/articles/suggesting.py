"""Suggestions: approved articles for a question that is well understood, of a calm customer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers, articles, decided, policy, replies
from bot.articles import Article, fitting
from bot.articles.fitting import Asked
from bot.articles.solved import Vote
from bot.decided import Why
from bot.kinds import SUGGESTION, Mode
from bot.policy import Situation
from bot.replies import drafts
from bot.settings import settings
from bot.switches import Switches, place_of
from cases.case import Case
from cases.language import gettext as _
from cases.language import speaking
from cases.mail import own_words
from cases.message import Message

SURE, CALM = 0.5, 0.5


def is_possible(session: Session) -> bool:
    """Whether there is any article that could be sent."""
    return session.scalars(select(Article.id).where(Article.approved).limit(1)).first() is not None


def suggest(
    session: Session,
    case: Case,
    message: Message,
    seen: Situation,
    switches: Switches,
    *,
    at: datetime,
) -> None:
    """Suggest what may answer the customer's first mail, and keep why or why not."""
    mode = switches.mode(SUGGESTION, place_of(case))
    if mode is Mode.OFF or not seen.opened:
        return
    language = replies.language_of(case)
    words = f"{message.subject}\n{own_words(message.new_text)}"
    found = fitting.fitting(articles.approved(session), Asked(seen.type, words, language))
    why = _why(case, seen, found, mode)
    if why.speaks or mode is Mode.DRAFT:
        why = _say(session, case, message, found, mode, why, at)
    decided.keep(session, message, why, seen, at=at)


def _why(case: Case, seen: Situation, found: Sequence[Article], mode: Mode) -> Why:
    silenced = policy.silenced(seen)
    if silenced is not None:
        return Why(False, SUGGESTION, silenced.reason)
    if seen.confidence < SURE:
        return Why(False, SUGGESTION, "it is not clear enough what the mail is about")
    if case.anger >= CALM:
        return Why(False, SUGGESTION, "an angry customer wants a person")
    if not found:
        return Why(False, SUGGESTION, "no approved article fits")
    names = ", ".join(str(one.id) for one in found)
    reason = f"the articles {names} fit"
    tried = mode is Mode.SHADOW
    return Why(
        mode is Mode.SEND, SUGGESTION, f"only tried, not sent: {reason}" if tried else reason
    )


def _say(
    session: Session,
    case: Case,
    message: Message,
    found: Sequence[Article],
    mode: Mode,
    why: Why,
    at: datetime,
) -> Why:
    if not found:
        return why
    key = f"{SUGGESTION}:{case.id}"
    try:
        written = replies.write(session, case, SUGGESTION, _values(case, found))
        if mode is Mode.SEND:
            replies.answer(session, message, written, key=key, rule=SUGGESTION, at=at)
        else:
            drafts.propose(session, case, written, key, why, at=at)
    except (replies.CannotSay, answers.NobodyToAnswer) as wrong:
        return Why(False, SUGGESTION, f"it could not be written: {wrong}")
    return why


def _as_told(article: Article, language: str) -> str:
    """An article in a mail, with its place in the public help."""
    page = f"{settings().public_url.rstrip('/')}/help/{article.slug}" if article.slug else ""
    return "\n".join(filter(None, (article.title(language), article.text(language), page)))


def _values(case: Case, found: Sequence[Article]) -> dict[str, str]:
    language = replies.language_of(case)
    texts = [_as_told(one, language) for one in found]
    yes, no = (Vote(case.id, found[0].id, solved).link() for solved in (True, False))
    with speaking(language):
        links = f"{_('Yes, it is solved:')} {yes}\n{_('No:')} {no}"
    return {"articles": "\n\n".join(texts), "links": links}
