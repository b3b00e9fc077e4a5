"""What a search is made of once it is read, and what is said where it cannot be. Pure."""

from dataclasses import dataclass


class NotUnderstood(Exception):
    """The search means nothing; says why, and which letters are to blame."""

    def __init__(self, why: str, at: int, end: int) -> None:
        super().__init__(why)
        self.why, self.at, self.end = why, at, end


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a phrase of a message."""

    text: str
    exact: bool
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """A name and what it must be."""

    name: str
    value: str
    at: int
    value_at: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Without:
    """What must not hold."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One of these holds, or more."""

    nodes: tuple["Node", ...]


Node = Word | Field | Without | Every | Any
