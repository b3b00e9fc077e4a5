"""The reasons without a value in them, as decisions keep them and as people read them."""

from cases.language import gettext as _


def known() -> dict[str, str]:
    """Reason -> its sentence in the current language."""
    return {**_of_silences(), **_of_machines(), **_of_sending(), **_of_time()}


def _of_silences() -> dict[str, str]:
    return {
        "a person answered": _("a person answered"),
        "a person answered meanwhile": _("a person answered meanwhile"),
        "a person has taken the case": _("a person has taken the case"),
        "the case was handed over to people": _("a person has taken the case"),
        "the customer wrote again meanwhile": _("the customer wrote again meanwhile"),
        "the case was closed meanwhile": _("the case was closed meanwhile"),
        "the case is open again": _("the case is open again"),
        "the same was said in this case before": _("the same was said in this case before"),
        "it waited too long to be worth saying": _("it waited too long to be worth saying"),
        "withdrawn by its bot": _("its bot took it back"),
        "this bot is switched off": _("this bot is switched off"),
        "this rule is switched off": _("this rule is switched off"),
        "this reply is switched off here": _("this reply is switched off here"),
        "the customer says it is solved": _("the customer says it is solved"),
        "no approved article fits": _("no approved article fits"),
        "an angry customer wants a person": _("an angry customer wants a person"),
        "it is not clear enough what the mail is about": _(
            "it is not clear enough what the mail is about"
        ),
    }


def _of_machines() -> dict[str, str]:
    return {
        "many addresses of this domain say the same": _(
            "many addresses of this domain say the same"
        ),
        "too many mails say the same": _("too many mails say the same"),
        "it comes from an address of ours": _("it comes from an address of ours"),
        "it claims to come from an agent": _("it claims to come from an agent"),
        "the sender wants no automatic answer (X-Auto-Response-Suppress)": _(
            "the sender wants no automatic answer (X-Auto-Response-Suppress)"
        ),
        "it carries our own loop mark": _("it carries our own loop mark"),
        "it went through us before (X-Loop)": _("it went through us before (X-Loop)"),
        "none of our addresses is in To or Cc": _("none of our addresses is in To or Cc"),
    }


def _of_sending() -> dict[str, str]:
    return {
        "nothing stands against it": _("nothing stands against it"),
        "this address had enough automatic answers this week": _(
            "this address had enough automatic answers this week"
        ),
        "this address had enough notices today": _("this address had enough notices today"),
        "this domain had enough automatic mail": _("this domain had enough automatic mail"),
        "the customer had enough mail of late": _("the customer had enough mail of late"),
        "it is night where the customer is": _("it is night where the customer is"),
        "this customer is not written to for commercial ends": _(
            "this customer is not written to for commercial ends"
        ),
        "this customer is not written to for commercial ends now": _(
            "this customer is not written to for commercial ends"
        ),
        "said together with other news in one mail": _("said together with other news in one mail"),
        "it will be said together with other news": _("said together with other news in one mail"),
        "this rule wrote often enough today": _("this rule wrote often enough today"),
        "automatic mail was stopped: far more of it than usual was leaving": _(
            "automatic mail was stopped: far more of it than usual was leaving"
        ),
    }


def _of_time() -> dict[str, str]:
    return {
        "the customer has waited for a day": _("the customer has waited for a day"),
        "a promised time passed": _("a promised time passed"),
        "the case waits for the customer": _("the case waits for the customer"),
        "the customer did not answer": _("the customer did not answer"),
        "the case is settled": _("the case is settled"),
    }
