"""What click itself says (usage, refusals, prompts), in the language of whoever reads it."""

from types import ModuleType

from click import core, decorators, exceptions, formatting, parser, termui, types

from cases.language import gettext

SPEAKING: tuple[ModuleType, ...] = (
    *(core, decorators, exceptions, formatting, parser, termui, types),
)


def speak() -> None:
    """Have click ask our catalogue for its words."""
    # It asks gettext, which reads compiled catalogues alone; ours are read as they are written.
    for module in SPEAKING:
        vars(module).update(_ours(module))


def _ours(module: ModuleType) -> dict[str, object]:
    asked = {"_": gettext, "ngettext": _counted}
    return {name: told for name, told in asked.items() if name in vars(module)}


def _counted(one: str, many: str, number: int) -> str:
    return gettext(one if number == 1 else many)
