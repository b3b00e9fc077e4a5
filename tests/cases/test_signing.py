"""What only we can have signed, and secrets that open for one row alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import signing
from tests.databases import forget

pytestmark = pytest.mark.usefixtures("secret")


@pytest.fixture(scope="module")
def secret() -> object:
    """A secret for all tests of this module: none of them touches a database."""
    patch = pytest.MonkeyPatch()
    patch.setenv("TREGUA_SECRET_KEY", "first secret")
    forget()
    yield patch
    patch.undo()
    forget()


def test_a_message_id_of_ours_names_its_case() -> None:
    ours = signing.new_message_id(4711, "Help.Example.com")
    assert signing.case_of_message_id(ours) == 4711
    assert signing.case_of_message_id(ours.upper()) == 4711


def test_two_ids_of_one_case_differ() -> None:
    assert signing.new_message_id(1, "a.example") != signing.new_message_id(1, "a.example")


@pytest.mark.parametrize("change", ["case", "nonce", "mac", "domain"])
def test_a_changed_id_is_nobodys(change: str) -> None:
    ours = signing.new_message_id(4711, "help.example.com")
    _, case, nonce, rest = ours.split(".", 3)
    mac, _, domain = rest.partition("@")
    parts = {"case": case, "nonce": nonce, "mac": mac, "domain": domain}
    parts[change] = {"case": "c4712", "nonce": "a" * 8, "mac": "b" * 26, "domain": "x.example"}[
        change
    ]
    forged = f"tregua.{parts['case']}.{parts['nonce']}.{parts['mac']}@{parts['domain']}"
    assert signing.case_of_message_id(forged) is None


@given(st.text(max_size=200))
def test_no_text_is_ours_by_chance(text: str) -> None:
    assert signing.case_of_message_id(text) is None
    assert signing.case_of_plus_address(text) is None


@given(st.text(max_size=30))
def test_no_letters_are_a_signature_by_chance(mac: str) -> None:
    assert not signing.verify("links", "7", mac)


def test_a_plus_address_names_its_case_at_its_own_domain_alone() -> None:
    ours = signing.plus_address("soporte@tienda.example", 7)
    assert signing.case_of_plus_address(ours) == 7
    assert signing.case_of_plus_address(ours.replace("tienda", "otra")) is None
    assert len(ours.partition("@")[0]) <= 64


def test_an_old_secret_still_verifies_and_signs_no_more(secret: pytest.MonkeyPatch) -> None:
    before = signing.new_message_id(7, "a.example")
    secret.setenv("TREGUA_SECRET_KEY", "second secret")
    secret.setenv("TREGUA_OLD_SECRET_KEYS", '["first secret"]')
    forget()
    after = signing.new_message_id(7, "a.example")
    assert signing.case_of_message_id(before) == 7
    secret.delenv("TREGUA_OLD_SECRET_KEYS")
    forget()
    assert signing.case_of_message_id(before) is None
    assert signing.case_of_message_id(after) == 7


def test_a_sealed_secret_opens_for_its_row_alone() -> None:
    sealed = signing.seal("hunter2", row="mailbox:a")
    assert "hunter2" not in sealed
    assert signing.unseal(sealed, row="mailbox:a") == "hunter2"
    for spoiled, row in ((sealed, "mailbox:b"), (sealed[:-3], "mailbox:a"), ("", "mailbox:a")):
        with pytest.raises(signing.Tampered):
            signing.unseal(spoiled, row=row)
