"""`python -m inbox.intake.origin.machines.learning` weighs the signs anew, after texts of our own.

Machines and the people who are hard to tell from them stand in texts.toml; beside them everything
that customers say in the classifiers' corpus is a person's.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inbox.intake.origin.machines import is_told_by, signs
from inbox.intake.origin.personal import asks
from inbox.intake.origin.plain import plain

HERE = Path(__file__).parent
CORPUS = Path(__file__).parents[4] / "classifiers" / "corpus"

# A mistake with a person costs more than one missed machine.
_WORTH = {"machines": 3.0, "people": 4.0, "corpus": 2.0}
_SELDOM = 6
_SMOOTH = 20.0
_STEPS = 15
_ENOUGH = 1e-6
_LEAST = 0.005
_MEET = re.compile(r"\w+[+>]\w+$")

Numbers = NDArray[np.float64]


def texts() -> list[tuple[str, str]]:
    """Each text with what it is."""
    ours = tomllib.loads((HERE / "texts.toml").read_text(encoding="utf-8"))
    told = [(kind, text) for kind in ("machines", "people") for text in ours[kind]]
    left_out = set(ours["machines in the corpus"])
    lines = (
        line
        for file in sorted(CORPUS.rglob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    said = (str(json.loads(line).get("text", "")) for line in lines)
    return told + [("corpus", text) for text in said if text.strip() and text not in left_out]


def learn(told: Sequence[tuple[str, str]]) -> dict[str, float]:
    """What each sign weighs."""
    # It is never asked about texts that ask, or say too little: of those it has nothing to learn.
    judged = [
        (kind, found)
        for kind, text in told
        if not asks(words := plain(text)) and is_told_by(found := signs(words))
    ]
    kinds, seen = [kind for kind, _ in judged], [found for _, found in judged]
    names = _often([found for kind, found in judged if kind != "corpus"])
    machine = np.array([kind == "machines" for kind in kinds], dtype=np.float64)
    worth = np.array([_WORTH[kind] for kind in kinds])
    # Two themes that meet are seldomer, and weigh less until more speaks for them.
    smooth = np.array([*(_SMOOTH * (2 if _MEET.match(name) else 1) for name in names), _ENOUGH])
    weights = _fitted(_table(seen, names), machine, worth, smooth)
    named = dict(zip([*names, "always"], weights.tolist(), strict=True))
    return {name: round(weight, 3) for name, weight in named.items() if abs(weight) >= _LEAST}


def _often(seen: Sequence[set[str]]) -> list[str]:
    times = Counter(sign for found in seen for sign in found)
    return sorted(sign for sign, count in times.items() if count >= _SELDOM)


def _table(seen: Sequence[set[str]], names: Sequence[str]) -> Numbers:
    """A row for each text, a column for each sign, and one for what always weighs."""
    place = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(seen), len(names) + 1))
    table[:, -1] = 1
    for row, found in zip(table, seen, strict=True):
        row[[place[sign] for sign in found if sign in place]] = 1
    return table


def _fitted(rows: Numbers, machine: Numbers, worth: Numbers, smooth: Numbers) -> Numbers:
    """Logistic regression by Newton's steps."""
    weights: Numbers = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (worth * (chance - machine)) + smooth * weights
        bend = (rows * (worth * chance * (1 - chance) + 1e-9)[:, None]).T @ rows + np.diag(smooth)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < _ENOUGH:
            break
    return weights


def main() -> None:
    """Write the weights."""
    weights = learn(texts())
    text = json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True)
    (HERE / "weights.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
