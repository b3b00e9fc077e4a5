"""The API of an installation for tests, and programs that ask it with a token."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cases import Case
from cases.contact import introduce
from cases.db import transaction
from cases.filing import file
from inbox import api
from inbox.api import problems
from inbox.tokens import Limits, Scope, issue
from tests.builders import MORNING, a_mail, an_arrival

ANA = "ana@cliente.example"
READER = frozenset({Scope.FEED_READ, Scope.CHECK})
ALL = frozenset(Scope)


class Program:
    """A program that asks the API with a token of those scopes."""

    def __init__(self, client: FlaskClient, text: str) -> None:
        self.client, self.text = client, text

    def __call__(self, method: str, url: str, **values: object) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.text}"} | dict(values.pop("headers", {}))
        return self.client.open(url, method=method, headers=headers, **values)

    def get(self, url: str, **values: object) -> TestResponse:
        return self("GET", url, **values)

    def post(self, url: str, **values: object) -> TestResponse:
        return self("POST", url, **values)

    def put(self, url: str, **values: object) -> TestResponse:
        return self("PUT", url, **values)

    def allowed(self, address: str = ANA, **values: object) -> bool:
        answer = self.post("/v1/check", json={"address": address, **values})
        assert answer.status_code == 200, answer.text
        return answer.json["allowed"]


class Api:
    """The API of an installation, and what happens in it."""

    def __init__(self) -> None:
        self.app = Flask("tregua-api")
        self.app.before_request(problems.no_such_resource)
        for blueprint in api.blueprints():
            self.app.register_blueprint(blueprint)

    def program(self, *scopes: Scope, limits: Limits | None = None) -> Program:
        with transaction() as session:
            text = issue(session, "newsletter tool", frozenset(scopes) or ALL, limits)
        return Program(self.app.test_client(), text)

    def case(self, address: str = ANA, *, at: datetime = MORNING) -> int:
        """A customer complains."""
        minutes = (at - MORNING).total_seconds() / 60
        with transaction() as session:
            arrival = an_arrival(a_mail("No llega", sender=address), minutes=minutes)
            case = file(session, arrival).case
            session.flush()
            return case.id

    def close(self, case_id: int, *, at: datetime = MORNING) -> None:
        with transaction() as session:
            session.get_one(Case, case_id).close(by="bea@tienda.example", at=at)

    def meet(self, address: str) -> None:
        with transaction() as session:
            introduce(session, address, name="", at=MORNING)
