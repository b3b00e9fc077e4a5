"""`tregua token`: made, listed, rotated and revoked at the terminal."""

import pytest
from click.testing import CliRunner

from cases.db import reading
from inbox.command.feed import token
from inbox.tokens import recognise

pytestmark = pytest.mark.usefixtures("installation")


def run(*words):
    return CliRunner().invoke(token, words)


def works(text):
    with reading() as session:
        return recognise(session, text) is not None


def test_a_token_is_shown_once_and_can_be_taken_back():
    made = run("issue", "newsletter", "--scope", "feed:read", "--scope", "check", "--days", "30")
    assert made.exit_code == 0, made.output
    text = made.stdout.strip()
    assert works(text)
    assert "feed:read" in run("list").output
    assert text not in run("list").output
    prefix = text.split("_")[1]
    assert run("revoke", prefix).exit_code == 0
    assert not works(text)


def test_an_unknown_scope_or_token_is_refused_in_a_sentence():
    assert "invalid" in run("issue", "x", "--scope", "everything").output.lower()
    refused = run("revoke", "nothing")
    assert refused.exit_code == 2
    assert "nothing" in refused.output


def test_a_rotated_token_has_a_new_secret():
    text = run("issue", "x", "--scope", "check").stdout.strip()
    fresh = run("rotate", text.split("_")[1]).output.strip()
    assert fresh != text
    assert works(text)
    assert works(fresh)
