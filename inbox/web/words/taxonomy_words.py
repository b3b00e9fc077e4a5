"""What happened to the complaint tree, and what would happen, in words."""

from collections.abc import Mapping

from cases.language import current
from cases.language import gettext as _
from cases.taxonomy.growing import LANGUAGES, Kind
from cases.taxonomy.rows import TaxonomyChange
from classifiers.taxonomy import Leaf
from inbox.web import words


def title() -> str:
    return _("Types")


def said(change: TaxonomyChange) -> str:
    """One change as a line of the history."""
    match change.what:
        case Kind.ADDED:
            return _("Added: {name}", name=_label(change.said["now"]))
        case Kind.EDITED:
            return _edited(change)
        case Kind.MERGED:
            return _("Merged into {name}", name=words.type_name(str(change.said["into"])))
        case Kind.BRANCHED:
            return _("Branch added: {name}", name=_label(change.said["now"]))
        case Kind.RETIRED:
            return _("Retired")
        case Kind.RESTORED:
            return _("In use again")


def _edited(change: TaxonomyChange) -> str:
    was, now = change.said["was"], change.said["now"]
    renamed = [
        _("{old} is now {new}", old=was["labels"][one], new=now["labels"][one])
        for one in LANGUAGES
        if was["labels"].get(one) != now["labels"].get(one)
    ]
    return " · ".join(renamed) or _("Definition, examples or defaults changed")


def _label(content: Mapping[str, Mapping[str, str]]) -> str:
    labels = content["labels"]
    return labels.get(current(), labels["en"])


def renamed(leaf: Leaf, labels: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Language, name of today and name to come."""
    return [(one, leaf.label(one), labels.get(one, "")) for one in LANGUAGES]
