"""axe finds nothing wrong, and nothing it could not judge, on any screen, theme and language."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from bot.articles import solved
from cases import Agent, clock, consent, satisfaction
from cases.agent import first_run, second_factor, totp
from cases.db import Base, engine, transaction
from inbox.web.access import WITHOUT_SESSION, policy_of
from inbox.web.signin.sessions import WebSession
from tests.databases import settle_in
from tests.inbox.web import looked_at
from tests.inbox.web.admin.bots_at_work import at_work
from tests.inbox.web.conftest import Enter, case_about
from tests.marketing import a_list
from tests.seeding import ADMIN, PASSWORD
from tests.servers.chromium import VIEWPORT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).resolve().parents[2] / "assets" / "axe.min.js"
MOST_STATEMENTS = 12
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Endpoint -> an address that shows it filled; a test sees that no screen is forgotten.
SCREENS = {
    "listing.folder": "/inbox/all",
    "case.page": "/cases/{case}",
    "contact.page": "/contacts/1",
    "customers.page": "/contacts",
    "bodies.headers": "/messages/{message}/headers",
    "privacy.ask": "/contacts/1/erasure",
    "decisions.page": "/cases/{case}/decisions",
    "joining.merge_page": "/cases/{case}/merging?into=1",
    "joining.split_page": "/cases/{case}/splitting",
    "naming.choose_assignee": "/cases/{case}/assignee",
    "tagging.page": "/cases/{case}/tags",
    "naming.colleagues": "/colleagues",
    "macros.page": "/macros",
    "macros.choose": "/cases/{case}/macros",
    "macros.one": "/macros/{macro}",
    "search.page": "/search?q=pedido",
    "failures.page": "/failures",
    "views.overview": "/views",
    "views.one": "/views/angry",
    "selection.choice": "/selection/{choice}",
    "new_incident.page": "/selection/{choice}/incident",
    "palette.page": "/commands",
    "habits.page": "/preferences/keys",
    "exclusions.overview": "/exclusions",
    "incidents.overview": "/incidents",
    "incidents.page": "/incidents/{incident}",
    "quality.page": "/quality",
    "users.page": "/admin/users",
    "users.one": "/admin/users/2",
    "settings.page": "/admin",
    "tokens.page": "/admin/tokens",
    "audit.page": "/admin/audit",
    "steps.page": "/admin/steps",
    "profile.page": "/profile",
    "second_factor.page": "/profile/second-factor",
    "mailboxes.page": "/admin/mailboxes",
    "reports.work": "/reports?days=90",
    "reports.meaning": "/reports/meaning?days=90",
    "reports.voices": "/reports/voices?days=90",
    "mailboxes.new": "/admin/mailboxes/new",
    "mailboxes.one": "/admin/mailboxes/1",
    "queues.health": "/admin/queues",
    "alarms.page": "/admin/alarms",
    "retention.page": "/admin/retention?look=yes&words-1=1",
    "promises.page": "/admin/promises",
    "calendars.page": "/admin/calendars",
    "topics.page": "/admin/topics",
    "notifications.page": "/notifications",
    "calls.page": "/calls",
    "writing.page": "/messages/new?contact=1",
    "contact_edit.page": "/contacts/1/edit",
    "taxonomy.overview": "/admin/taxonomy",
    "taxonomy.page": "/admin/taxonomy/money.billing",
    "evaluation.page": "/admin/classifiers",
    "console.page": "/console",
    "console_people.page": "/console/people",
    "audiences.overview": "/console/lists",
    "audiences.page": "/console/lists/{list}",
    "campaigns.page": "/console/campaigns",
    "campaigns.gate": "/console/campaigns/{gate}",
    "load.page": "/console/load?audience=5000",
    "pressure.page": "/console/pressure",
    "limits.page": "/console/pressure/limits?{limit}",
    "approvals.page": "/console/approvals",
    "integrations.page": "/console/integrations",
    "reasons.page": "/admin/reasons",
    "bot_rules.page": "/admin/rules?{rule}",
    "bot_rules.new": "/admin/rules/new",
    "bot_rules.one": "/admin/rules/{rule}",
    "mail_templates.page": "/admin/templates",
    "mail_templates.one": "/admin/templates/suggestion",
    "switches.page": "/admin/switches?{rule}",
    "articles.page": "/admin/articles?{article}",
    "articles.new": "/admin/articles/new",
    "articles.one": "/admin/articles/{article}",
    "outside_bots.page": "/admin/bots?{bot}",
    "outside_bots.new": "/admin/bots/new",
    "outside_bots.one": "/admin/bots/{bot}",
    "simulator.page": "/admin/simulator?{trial}",
    "simulator.one": "/admin/simulator/{trial}",
}
STATES = {
    "an empty list": "/inbox/mine",
    "a list of machines": "/inbox/bulk",
    "limits, of which there are none": "/console/pressure/limits",
    "a search without a hit": "/search?q=zzzz",
    "a search that means nothing": "/search?q=is:opne",
    "a list by what presses": "/inbox/all?sort=priority",
    "a closed case": "/cases/{closed}",
    "a customer with their own eyes": "/contacts/1?as=customer",
    "a case with tags, beside its list": "/cases/{tagged}",
    "a case to be merged": "/cases/{case}/merging",
    "both halves of a case": "/cases/{case}/splitting?preview=1",
    "a page that is not there": "/cases/99999",
    "a sign-in that nobody began": "/admin/mailboxes/granted?state=x",
    "a second step that was begun": "/profile/second-factor?{begun}",
    "the help for everybody": "/help?{article}",
    "an article for everybody": "/help/seguir?{article}",
    "a question of satisfaction": "/satisfaction/{judged}",
    "a question whether it is solved": "/solved/{vote}",
    "what a customer wants to get": "/mail/{mine}",
    "a form for customers": "/contact/soporte@tienda.test",
    "a link of a customer that was cut": "/solved/x",
}
NO_SCREENS = {
    *("static", "listing.home", "listing.start", "listing.news", "case.news", "live.events"),
    *("evaluation.figures", "audit.table", "believed.now"),
    *("bodies.original", "bodies.attachment", "failures.original", "signin.page", "bodies.body"),
    *(
        "bodies.picture",
        "thumbnails.picture",
        "suggestions.page",
        "presence.show",
        "half_written.stands",
        "views.counts",
    ),
    *("granting.granted", "mailboxes.checked", "reports.table", "style.sheet", "style.script"),
    *("audience_files.allowed", "audience_files.excluded"),
    *("audience_files.changed", "audience_files.receipt"),
}
NO_BOTS = dict.fromkeys(("rule", "article", "bot", "trial"), 0)
LIST = "Correo\nnora@correo.example\nuno@x.example\n"
EVERY = [(theme, language) for theme in ("light", "dark") for language in ("es", "en")]
Open = Callable[..., None]


@pytest.fixture(scope="module")
def _page_of_the_module(chromium: "Browser") -> "Iterator[Page]":
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def page(_page_of_the_module: "Page") -> "Iterator[Page]":
    """One page for all screens, one after the other: a new one costs as much as to look at it."""
    page = _page_of_the_module
    page.set_viewport_size(VIEWPORT)
    yield page
    page.goto("about:blank")
    page.context.clear_cookies()


def _found(page: "Page", within: str = "html") -> list[str]:
    page.evaluate(AXE.read_text())
    # Of what lies half behind a head that stays axe cannot judge the contrast.
    page.evaluate("document.querySelector('#list')?.scrollTo(0, 0)")
    result: dict[str, Any] = page.evaluate(
        "([within, rules]) => axe.run(within, {runOnly: {type: 'tag', values: rules}, "
        "resultTypes: ['violations', 'incomplete']})",
        [within, RULES],
    )
    unsure = [one for one in result["incomplete"] if one["id"] == "color-contrast"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in (*result["violations"], *unsure)
        for node in one["nodes"]
    ]


def _address(path: str, bots: dict[str, Any] | None = None) -> str:
    marketing = "{list}" in path or "{gate}" in path
    number, gate = a_list(LIST, by=ADMIN) if marketing else (0, "")
    of_bots = any(f"{{{name}}}" in path for name in NO_BOTS)
    return path.format(
        **((bots or at_work(ADMIN)) if of_bots else NO_BOTS),
        list=number,
        gate=gate,
        case=case_about("Llamadas a deshora").id,
        closed=case_about("¡Gracias!").id,
        judged=satisfaction.token(case_about("¡Gracias!").id),
        vote=solved.Vote(1, 1, solved=True).token(),
        mine=consent.token(1),
        tagged=looked_at.a_tagged_case() if "{tagged}" in path else 0,
        begun=looked_at.begun() if "{begun}" in path else "",
        message=looked_at.a_mail() if "{message}" in path else 0,
        incident=looked_at.an_incident() if "{incident}" in path else "",
        macro=looked_at.a_macro() if "macro" in path else "",
        choice=looked_at.a_choice() if "{choice}" in path else "",
        limit=looked_at.a_limit() if "{limit}" in path else "",
    )


def test_no_screen_is_forgotten(app: Flask) -> None:
    views = app.view_functions
    shown = [one.endpoint for one in app.url_map.iter_rules() if "GET" in (one.methods or ())]
    screens = {one for one in shown if policy_of(views[one]) not in WITHOUT_SESSION}
    assert screens - NO_SCREENS == set(SCREENS)


@pytest.mark.nightly
def test_no_screen_asks_the_database_more_than_a_dozen_times(
    enter: Enter, statements: list[str]
) -> None:
    admin, much, bots = enter(ADMIN), {}, at_work(ADMIN)
    for path in (_address(one, bots) for one in SCREENS.values()):
        # What was unread is read now, which is written down once.
        admin.get(path)
        statements.clear()
        admin.get(path)
        sent = [one for one in statements if one.startswith(("SELECT", "WITH"))]
        if len(sent) > MOST_STATEMENTS:
            much[path] = len(sent)
    assert much == {}


@pytest.mark.parametrize("path", [*SCREENS.values(), *STATES.values()])
def test_axe_finds_nothing(page: "Page", open_as: Open, path: str) -> None:
    # Each screen in one theme and language here, in all of them at night.
    theme, language = EVERY[len(path) % len(EVERY)]
    open_as(ADMIN, _address(path), theme=theme, language=language)
    assert _found(page) == []


@pytest.mark.nightly
@pytest.mark.parametrize(("theme", "language"), EVERY)
@pytest.mark.parametrize("path", [*SCREENS.values(), *STATES.values()])
def test_axe_finds_nothing_anywhere(
    page: "Page", open_as: Open, path: str, theme: str, language: str
) -> None:
    open_as(ADMIN, _address(path), theme=theme, language=language)
    assert _found(page) == []
    # Tall, so that no line is cut by the edge of what scrolls: axe could not judge it.
    page.set_viewport_size({"width": 390, "height": 4000})
    assert _found(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens_and_fails(page: "Page", open_as: Open, theme: str) -> None:
    open_as(ADMIN, _address("/cases/{case}"), theme=theme)
    # Somebody takes the case, which is the event that is shown among its mails.
    if page.locator("#take").is_visible():
        page.locator("#take").click()
        page.locator("#take").wait_for(state="detached")
    page.locator(".events summary").first.wait_for()
    # What lies below something open cannot be judged, so the open thing is looked at alone.
    page.locator("#drop-type summary").click()
    assert _found(page, "#drop-type") == []
    page.keyboard.press("Escape")
    page.locator("#drop-tags summary").click()
    assert _found(page, "#drop-tags") == []
    page.keyboard.press("Escape")
    page.locator(".why summary").first.click()
    page.locator(".quoted summary").first.click()
    page.locator(".events summary").first.click()
    page.locator("label:has(#show-people)").click()
    page.locator("#write-cc").fill("Ana <ana@correo.example>, no es nada,")
    assert _found(page) == []
    page.locator("label:has(#mode-note)").click()
    assert _found(page) == []
    page.locator("[data-note]").click()
    page.locator("#refused").wait_for()
    assert _found(page) == []
    page.locator("#me-button").click()
    assert _found(page, "#my-menu") == []
    page.keyboard.press("Escape")
    page.locator("[data-help]").click()
    assert _found(page, "#help") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_asks_to_be_sure(page: "Page", open_as: Open, theme: str) -> None:
    open_as(ADMIN, "/admin/users/2", theme=theme)
    page.locator("details.sure summary").click()
    assert _found(page) == []
    page.set_viewport_size({"width": 390, "height": 1600})
    assert _found(page) == []
    with transaction() as session:
        session.execute(delete(WebSession))
    page.locator("#name").fill("Otro nombre")
    page.get_by_role("button", name="Guardar").click()
    page.locator('input[name="again"]').wait_for(state="attached")
    page.locator("#address").fill(ADMIN)
    page.locator("#password").fill(PASSWORD)
    page.locator("button.is-primary").click()
    page.locator("details summary").click()
    assert _found(page) == []
    assert "Otro nombre" in page.locator("dl").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_long_choices_and_late_forms(
    page: "Page", open_as: Open, theme: str
) -> None:
    open_as(ADMIN, "/admin/rules/new", theme=theme)
    many = page.locator("[data-many]").nth(1)
    many.locator("summary").focus()
    page.keyboard.press("Enter")
    many.locator("[type=search]:focus").wait_for()
    # The words are asked for at once, and Enter in them does not save the rule.
    page.keyboard.type("FACTURACION")
    page.keyboard.press("Enter")
    assert many.locator("li:visible").all_inner_texts() == ["Facturación y cobros"]
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert many.locator("summary").inner_text() == "Facturación y cobros"
    many.locator("[type=search]").fill("")
    assert _found(page) == []
    open_as(ADMIN, "/admin/users/2", theme=theme)
    with transaction() as session:
        session.get_one(Agent, 2).team = "norte"
    page.locator("#team").fill("sur")
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("alert").filter(has_text="Alguien guardó otra versión").wait_for()
    page.set_viewport_size({"width": 390, "height": 1600})
    assert _found(page) == []


def test_axe_finds_nothing_on_paper(page: "Page", open_as: Open) -> None:
    open_as(ADMIN, "/reports?days=90", theme="dark")
    page.emulate_media(media="print")
    assert _found(page) == []
    assert (
        page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(28, 32, 36)"
    )
    page.emulate_media(media="screen")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_sign_in(page: "Page", site: str, theme: str) -> None:
    page.context.add_cookies([{"name": "tregua_theme", "value": theme, "url": site}])
    page.goto(f"{site}/sign-in")
    assert _found(page) == []
    page.locator("#address").fill("nobody@tienda.test")
    page.locator("#password").fill("wrong")
    page.locator("button.is-primary").click()
    page.locator("#refusal").wait_for()
    assert _found(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_second_step(page: "Page", site: str, theme: str) -> None:
    at = clock.now()
    with transaction() as session:
        admin = session.scalars(select(Agent).where(Agent.address == ADMIN)).one()
        factor = second_factor.begin(session, admin.id, at=at)
        code = totp.code_at(factor.secret(), int(at.timestamp()) // totp.STEP)
        assert second_factor.confirm(session, factor, code, at=at)
    page.context.add_cookies([{"name": "tregua_theme", "value": theme, "url": site}])
    page.goto(f"{site}/sign-in")
    page.locator("#address").fill(ADMIN)
    page.locator("#password").fill(PASSWORD)
    page.locator("button.is-primary").click()
    page.locator("#code").wait_for()
    assert _found(page) == []
    page.locator("#code").fill("000 000")
    page.locator("button.is-primary").click()
    page.locator("[role=alert]:not(:empty)").first.wait_for()
    assert _found(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_welcome(
    page: "Page", site: str, theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_in(monkeypatch, f"sqlite:///{tmp_path / 'empty.db'}", tmp_path)
    Base.metadata.create_all(engine())
    page.context.add_cookies([{"name": "tregua_theme", "value": theme, "url": site}])
    page.goto(f"{site}/welcome/{first_run.token(clock.now())}")
    assert _found(page) == []
    page.locator("#address").fill("ana@tienda.test")
    page.locator("#name").fill("Ana")
    page.locator("#password").fill("corta")
    page.locator("button.is-primary").click()
    page.locator('[aria-invalid="true"]').first.wait_for()
    assert _found(page) == []
