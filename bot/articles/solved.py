"""Did this solve it? Signed one-click links in suggestions; the page asks before it counts."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot import outbox
from bot.articles import Article
from bot.settings import settings
from cases import signing
from cases.case import Case, take

BY = "bot: suggestion"
_TOKEN = re.compile(r"(\d{1,12})\.(\d{1,12})\.(yes|no)\.([a-z2-7]{26})")


@dataclass(frozen=True, slots=True)
class Vote:
    """What a link says: of which case and article, and whether it helped."""

    case_id: int
    article_id: int
    solved: bool

    def token(self) -> str:
        """The vote as it stands in a link."""
        word = "yes" if self.solved else "no"
        said = f"{self.case_id}.{self.article_id}.{word}"
        return f"{said}.{signing.sign('solved', said)}"

    def link(self) -> str:
        """Where the customer is asked to confirm it."""
        return f"{settings().public_url.rstrip('/')}/solved/{self.token()}"


def read(token: str) -> Vote | None:
    """The vote of a link that we made, or None. Reading changes nothing: scanners open links."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    case_id, article_id, word, mac = found.groups()
    if not signing.verify("solved", f"{case_id}.{article_id}.{word}", mac):
        return None
    return Vote(int(case_id), int(article_id), word == "yes")


def confirm(session: Session, vote: Vote, at: datetime) -> Case:
    """The customer confirmed it: a solved case closes, and opens again if they write."""
    case = take(session, vote.case_id)
    if vote.solved and case.is_open:
        article = session.get(Article, vote.article_id)
        if article is not None:
            article.solved += 1
        case.close(by=BY, at=at)
        outbox.silence_all(session, case, "the customer says it is solved", by=BY, at=at)
    return case
