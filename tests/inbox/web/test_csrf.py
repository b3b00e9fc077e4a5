"""What changes something comes from our own forms, or is refused."""

import pytest
from flask import Flask

from inbox.web.access import WITHOUT_SESSION, policy_of
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN


def _unsafe(app: Flask) -> list[str]:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and policy_of(app.view_functions[rule.endpoint]) not in WITHOUT_SESSION
    ]
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method="POST")
        for rule in rules
    ]


def test_no_form_is_taken_without_its_token(app: Flask, enter: Enter) -> None:
    admin = enter(ADMIN)
    paths = _unsafe(app)
    assert len(paths) > 12
    assert {path: admin.client.post(path).status_code for path in paths} == dict.fromkeys(
        paths, 403
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_form_of_another_site_is_taken(enter: Enter, headers: dict[str, str]) -> None:
    admin = enter(ADMIN)
    sent = admin.client.post("/cases/1/closure", data={"csrf": admin.token()}, headers=headers)
    assert sent.status_code == 403


def test_the_token_may_come_as_a_header_and_belongs_to_one_session(enter: Enter) -> None:
    admin, other = enter(ADMIN), enter(ADMIN)
    path = "/preferences/theme"
    good = admin.client.post(
        path,
        data={"value": "dark"},
        headers={"X-CSRF-Token": admin.token(), "Origin": "http://localhost"},
    )
    assert good.status_code == 303
    assert admin.client.post(path, data={"value": "dark", "csrf": other.token()}).status_code == 403
