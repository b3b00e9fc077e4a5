"""The tone of a text: words, phrases, faces and marks that carry a mood, counted. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from classifiers import polarity
from classifiers.heads import Floats

# So many letters and words are heard.
HEARD = 600
WORDS = 120
# A negation turns round what follows within so many words; a word of degree reaches less far.
REACH = 3
STEP = 2
TURNED_GLAD, TURNED_SAD = -0.6, -0.3
STRONGER, WEAKER = 1.5, 0.6
FACES = {
    2: "😍🥰😘🤩🥳❤💕💖💗💙💚💛💜🧡♥🖤🤍🎉🎊🏆💯😻💪👏🙌✨🔥💝💞💓🥹🫶🤗🎂🥇💘",
    1: "😀😃😄😁😆😅😂🤣😊😇🙂😉😗😋😎👍☺😜😝😛🤪🌟⭐☀🌞🌈🎶🍻🥂🍾"
    "🙏😌😺😸👌🤙🎁🌸🌹🌺🌻💃🕺🤠✌🫡🎈",
    -1: "😒😞😔😟😕🙁☹😣😖😫😩😓😪😑😐🙄😬🤒🤕😷🤧😥😰😨😴🥱🙃😶🤦🤷😧😦🥵🥶👀🤔😮😯",
    -2: "😢😭😤😠😡🤬🤯😱🤢🤮💔👎🖕😿🥺☠💀🤡🤥",
}
FACE = {face: strength for strength, faces in FACES.items() for face in faces}
ANY_FACE = frozenset(FACE)
SIDEWAYS = re.compile(r"[:=;]['-]?([)DpP3*(/\\|cCsS])(?![\w/])|<(3)")
SMILES = frozenset(")DpP3*")
LAUGHTER = ("jaj", "jej", "jij", "jsj", "hah", "heh", "lol", "lmao", "lmfao", "rofl", "xd")
MARKS = tuple(
    re.compile(mark)
    for mark in (
        r"!",
        r"!!",
        r"[?¿]",
        r"\?\s*$",
        r"\.\.\.|…",
        r"https?\b|www\.",
        r"^\s*@\w",
        r"#\w",
        r"([^\W\d])\1\1",
        r"\d",
        r"\d(?::\d\d|\s?(?:[ap]m|hs?)\b|-\d)",
        r"[\"“«]",
        r":\s",
        r"\b[A-ZÁÉÍÓÚÑ]{3,}\b",
        r"^\W*[a-záéíóúñ]",
        r"[.!?]\s+\S",
    )
)
SHOUTED = 0.3
WIDTH = 30 + len(MARKS)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the words of a text say: the strength of each, and what was counted on the way."""

    values: Floats
    turned_glad: int
    turned_sad: int
    roles: Sequence[str]
    turn: int


def tone(text: str, words: Sequence[str]) -> Floats:
    """Moods of words, phrases and faces, how they weigh together, who speaks, marks, length."""
    told, words = text[:HEARD], [word for word in words[:WORDS] if word[0].isalpha()]
    languages = _spoken(words)
    heard = _weighed(words, languages)
    glad, sad, meant = _phrases(words, languages)
    smiles, frowns = _faces(told)
    return np.array(
        [
            *_worded(heard),
            *(_share(glad, 2), _share(sad, 2), float(np.tanh(glad - sad)), _share(meant, 1)),
            *_together(heard, glad - sad, smiles, frowns),
            *_manner(told, words, heard, [polarity.lists(language) for language in languages]),
            *(float(mark.search(told) is not None) for mark in MARKS),
        ],
        np.float32,
    )


def _spoken(words: Sequence[str]) -> list[str]:
    """The language with most of its common words among these; all where it is a draw."""
    votes = {
        language: sum(word in polarity.lists(language).common for word in words)
        for language in polarity.LANGUAGES
    }
    most = max(votes.values())
    return [language for language, count in votes.items() if count == most]


def _weighed(words: Sequence[str], languages: Sequence[str]) -> Heard:
    """Each word's strength after what stands before it."""
    said = [_said(word, languages) for word in words]
    roles = [one.role for one in said]
    values = np.zeros(len(words), np.float32)
    turned, turn = [0, 0], -1
    for place, one in enumerate(said):
        if one.role == "turning" and place > 1:
            turn = place
        if one.strength:
            value = one.strength * _degree(roles[max(0, place - STEP) : place])
            if "negation" in roles[max(0, place - REACH) : place]:
                turned[value < 0] += 1
                value *= TURNED_GLAD if value > 0 else TURNED_SAD
            values[place] = value
    return Heard(values, turned[0], turned[1], roles, turn)


def _said(word: str, languages: Sequence[str]) -> polarity.Said:
    """What a word is in the first of these languages that knows it."""
    for language in languages:
        found = polarity.said(word, language)
        if found is not polarity.NOTHING:
            return found
    return polarity.NOTHING


def _degree(before: Sequence[str]) -> float:
    if "stronger" in before:
        return STRONGER
    return WEAKER if "weaker" in before else 1.0


def _phrases(words: Sequence[str], languages: Sequence[str]) -> tuple[int, int, int]:
    """How many glad phrases, sad ones, and such as are often not meant."""
    found: list[int] = []
    for language in languages:
        known = polarity.lists(language).phrases
        for place, pair in enumerate(pairwise(words), start=2):
            for rest, mood in known.get(pair, ()):
                if rest == tuple(words[place : place + len(rest)]):
                    found.append(mood)
    return found.count(1), found.count(-1), found.count(0)


def _faces(told: str) -> tuple[float, float]:
    """How glad the faces are, and how sad."""
    drawn = [] if ANY_FACE.isdisjoint(told) else [FACE[face] for face in told if face in FACE]
    typed = [mouth or heart for mouth, heart in SIDEWAYS.findall(told)]
    drawn += [1 if mouth in SMILES else -1 for mouth in typed]
    return min(sum(one for one in drawn if one > 0), 4), min(-sum(o for o in drawn if o < 0), 4)


def _worded(heard: Heard) -> tuple[float, ...]:
    """Words alone: sums, the strongest, which way they lean, what was turned round."""
    glad, sad = _sums(heard)
    last = heard.values[heard.turn if heard.turn >= 0 else -max(4, len(heard.values) // 3) :]
    return (
        _share(glad, 4),
        _share(sad, 4),
        float(heard.values.max(initial=0)) / 2,
        -float(heard.values.min(initial=0)) / 2,
        float(np.tanh((glad - sad) / 2)),
        float(np.sign(glad - sad)),
        _share(heard.turned_glad, 2),
        _share(heard.turned_sad, 2),
        _share(heard.roles.count("negation"), 3),
        float(np.tanh(last.sum() / 2)),
        (glad - sad) / max(len(heard.values), 4) * 3,
    )


def _together(heard: Heard, phrases: int, smiles: float, frowns: float) -> tuple[float, ...]:
    """Words, phrases and faces on one scale; whether both moods are there, or none."""
    glad, sad = _sums(heard)
    score = glad - sad + 1.5 * phrases + 0.7 * (smiles - frowns)
    silent = not (glad or sad or phrases or smiles or frowns)
    return (
        smiles / 4,
        frowns / 4,
        float(np.tanh(score / 2)),
        float(np.tanh(score / 5)),
        float(glad > 0 and sad > 0),
        float(silent),
    )


def _manner(
    told: str, words: Sequence[str], heard: Heard, known: Sequence[polarity.Lists]
) -> tuple[float, ...]:
    """How it is told: dates and titles, a turn, capitals, length, who speaks to whom."""
    dull = heard.roles.count("dull")
    capitals = sum(map(str.isupper, told)) / max(len(told), 1)
    spoken = frozenset(words)
    return (
        _share(dull, 4),
        dull / max(len(words), 1),
        float(heard.turn >= 0),
        float(capitals > SHOUTED),
        _share(len(words), 40),
        float(len(words) < 6),
        float(any(word.startswith(LAUGHTER) for word in words)),
        float(any(not one.ours.isdisjoint(spoken) for one in known)),
        float(any(not one.yours.isdisjoint(spoken) for one in known)),
    )


def _sums(heard: Heard) -> tuple[float, float]:
    glad = float(heard.values.clip(min=0).sum())
    return glad, glad - float(heard.values.sum())


def _share(count: float, most: float) -> float:
    return min(count, most) / most
