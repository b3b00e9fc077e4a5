"""Who may open which page. A route that does not say so cannot be registered."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint

from cases.agent import Agent, Role

LARGEST_FORM = 1_000_000
View = TypeVar("View", bound=Callable[..., Any])


class NoPolicy(Exception):
    """A route was declared without saying who may use it."""


class Policy(StrEnum):
    """Who may use a route."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed in"
    CASES = "cases"
    OPERATIONS = "operations"
    ADMIN = "admin"
    CONSOLE = "console"
    MARKETING = "marketing"
    SUPERVISION = "supervision"
    TOKEN = "token"  # noqa: S105  the word for programs that bring an API token
    PUBLIC = "public"
    """Customers behind a link of theirs, and machines that watch."""


WITHOUT_SESSION = frozenset({Policy.TOKEN, Policy.PUBLIC})
"""Who comes here signs in nowhere: no cookie is looked at, and none is set."""

_ROLES: dict[Policy, frozenset[Role]] = {
    Policy.SIGNED_IN: frozenset(Role),
    Policy.CASES: frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN}),
    Policy.OPERATIONS: frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}),
    Policy.ADMIN: frozenset({Role.ADMIN}),
    Policy.CONSOLE: frozenset({Role.MARKETING, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}),
    Policy.SUPERVISION: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Policy.MARKETING: frozenset({Role.MARKETING, Role.SUPERVISOR, Role.ADMIN}),
}


def allow(policy: Policy) -> Callable[[View], View]:
    """Say who may use the route below."""

    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def takes(largest: int) -> Callable[[View], View]:
    """Say how many bytes a form of the route below may have, where that is not the usual."""

    def mark(view: View) -> View:
        view.largest_form = largest  # type: ignore[attr-defined]
        return view

    return mark


def may(agent: Agent, policy: Policy) -> bool:
    """Whether somebody who signed in may use routes of that policy."""
    return policy is Policy.EVERYONE or agent.role in _ROLES.get(policy, frozenset())


def policy_of(view: object) -> Policy:
    """What the route's view declared; raises NoPolicy."""
    found = getattr(view, "policy", None)
    if not isinstance(found, Policy):
        raise NoPolicy(f"{getattr(view, '__name__', view)} does not say who may use it")
    return found


class Pages(Blueprint):
    """A blueprint whose every route declares its policy."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        policy_of(view_func)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
