"""One of each that the pages of bots show: a rule, an article, a bot, a trial that is done."""

from bot.articles import Article
from bot.kinds import Mode
from bot.registry import OutsideBot
from bot.rules import Rule, rulebook, trials
from bot.rules.trials import Progress, Trial
from cases import clock
from cases.db import transaction

ROW = {
    "subject": "¿Dónde está mi pedido?",
    "type": "fulfil.delivery",
    "mood": "negative",
    "differs": True,
    "present": [{"do": "answer", "what": "acknowledgement", "by": "acknowledge"}],
    "edited": [{"do": "draft", "what": "suggestion", "by": "rule:paquetes@1"}],
    "held": ["open_case"],
}


def at_work(by: str) -> dict[str, int]:
    """Their numbers by name."""
    now = clock.now()
    rule = Rule(
        "paquetes", Mode.DRAFT, {"type": ["fulfil"]}, only_for=("a@b.example",), reply="progress"
    )
    article = Article(
        title_es="Seguir un pedido", text_es="Con su número.", slug="seguir", approved=True, at=now
    )
    with transaction() as session:
        row = rulebook.save(session, rule, by=by, at=now)
        bot = OutsideBot(name="mensajero", addresses=["a@b.example"], created_at=now)
        trial = Trial(at=now, by=by, days=30)
        session.add_all([article, bot])
        trials.begin(session, trial, (), (rule,))
        trial.progress, trial.rows = Progress.DONE, [ROW]
        trial.counts = {"mails": 1, "cases": 1, "different": 1, "present:answer": 1}
        session.flush()
        return {"rule": row.id, "article": article.id, "bot": bot.id, "trial": trial.id}
