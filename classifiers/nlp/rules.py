"""The phrase rules as a part of the pipeline, and the folded words they are matched on."""

from spacy.attrs import NORM, ORTH
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from classifiers import phrases
from classifiers.signals import Hit

# Where a document keeps its folded words, and the phrases found among them.
WORDS = "tregua.words"
HITS = "tregua.hits"


class Rules:
    """The phrase tables, matched word by word on small letters without accents."""

    def __init__(self, nlp: Language) -> None:
        for compound in ("e-mail", "e-mails", "e-mailing", "opt-out", "rip-off"):
            for spelling in (compound, compound.capitalize()):
                nlp.tokenizer.add_special_case(spelling, [{ORTH: spelling}])  # type: ignore[union-attr]
        self.exact = PhraseMatcher(nlp.vocab, attr="NORM")
        for rule, lines in phrases.literal().items():
            self.exact.add(rule, [nlp.make_doc(line) for line in lines])

    def __call__(self, doc: Doc) -> Doc:
        strings = doc.vocab.strings
        found = {(strings[rule], start, end) for rule, start, end in self.exact(doc)}
        # spaCy's Matcher says the same of the looser lines, but takes as long as the encoder.
        found.update(phrases.loose(folded_words(doc)))
        hits = (Hit(rule, doc[start:end].text, start, end) for rule, start, end in found)
        doc.user_data[HITS] = tuple(sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.rule)))
        return doc


@Language.factory("tregua_rules")
def _rules(nlp: Language, name: str) -> Rules:
    return Rules(nlp)


def folded_words(doc: Doc) -> tuple[str, ...]:
    """The folded words; asking each token for its own takes ten times as long."""
    if WORDS not in doc.user_data:
        strings = doc.vocab.strings
        norms = doc.to_array([NORM]).ravel() if len(doc) else ()
        doc.user_data[WORDS] = tuple([str(strings[int(norm)]) for norm in norms])
    known: tuple[str, ...] = doc.user_data[WORDS]
    return known
