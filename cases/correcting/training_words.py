"""What became of a training, in words."""

from cases.language import gettext as _
from classifiers.promotion import Reason


def reason(value: str) -> str:
    """Why a model is used now, or is not."""
    known = {
        Reason.NOT_WORSE.value: _("The new model is not worse, so it is used now."),
        Reason.WORSE_ON_FROZEN.value: _(
            "The new model is worse on the texts that are always asked; the old one stays."
        ),
        Reason.WORSE_ON_CORRECTIONS.value: _(
            "The new model is worse on the newest corrections; the old one stays."
        ),
        Reason.LANGUAGES_APART.value: _(
            "The new model drives the languages apart; the old one stays."
        ),
        Reason.UNCHANGED.value: _(
            "There was nothing new to learn: the model is the one that is in use."
        ),
    }
    return known.get(value, value)
