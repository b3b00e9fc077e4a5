"""Try."""

from tests.inbox.web.test_tagging import ANA, LATE, TWICE, _put, case_about


def test_shots(page, open_as):
    _put(TWICE, "factura", "black friday")
    _put(LATE, "vip", "envío", "llamadas molestas", "robinson")
    page.set_viewport_size({"width": 1360, "height": 760})
    for theme, language in (("light", "es"), ("dark", "en")):
        open_as(ANA, f"/cases/{case_about(LATE).id}", theme=theme, language=language)
        page.locator("#drop-tags summary").click()
        page.locator('#drop-tags [value="factura"]').wait_for()
        page.screenshot(path=f"/tmp/w/tags/case-{language}.png")
        open_as(ANA, f"/cases/{case_about(LATE).id}/tags", theme=theme, language=language)
        page.screenshot(path=f"/tmp/w/tags/page-{language}.png")
