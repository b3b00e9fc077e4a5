"""GET /v1/taxonomy: the complaint types that all channels share, at one version."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from cases.taxonomy import following
from classifiers.taxonomy import Leaf, taxonomy
from inbox.api.contract import contract, needs
from inbox.tokens import Scope

pages: Blueprint = contract("taxonomy")
LANGUAGES = ("es", "en")


@pages.get("/taxonomy")
@needs(any_of=(Scope.BOT_READ, Scope.BOT_NOTE, Scope.BOT_PROPOSE))
def types() -> ResponseReturnValue:
    """The types in both languages; retired ones too, since older cases have them."""
    following.follow()
    tree = taxonomy()
    answer: Response
    if request.if_none_match.contains_weak(tree.version):
        answer = Response(status=304)
    else:
        answer = jsonify(
            version=tree.version,
            branches=[
                {"code": one.code, "es": one.label("es"), "en": one.label("en")}
                for one in tree.parents.values()
            ],
            types=[_leaf(one) for one in tree.leaves.values()],
            aliases=dict(tree.aliases),
        )
    answer.set_etag(tree.version)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return {
        "code": leaf.code,
        "branch": leaf.parent,
        **{language: leaf.label(language) for language in LANGUAGES},
        "definition": {language: leaf.definition.get(language, "") for language in LANGUAGES},
        "examples": {language: list(leaf.examples.get(language, ())) for language in LANGUAGES},
        "complaint": leaf.complaint,
        "retired": leaf.retired,
    }
