"""News for open pages: told at once, to as many as there is room for."""

import threading

from inbox.settings import settings
from inbox.web import live
from inbox.web.live import Hub
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA


def test_a_stream_says_that_something_changed_and_nothing_of_what(enter: Enter) -> None:
    ana = enter(ANA)
    with ana.client.get("/events", buffered=False) as stream:
        assert stream.mimetype == "text/event-stream"
        lines = (
            stream.response if isinstance(stream.response, list) else iter(stream.iter_encoded())
        )
        assert next(iter(lines)).startswith(b"retry:")
        live.hub.tell()
        assert next(lines) == b"event: cases\ndata: \n\n"  # type: ignore[call-overload]


def test_when_half_of_the_threads_hold_streams_the_next_is_told_to_poll(enter: Enter) -> None:
    ana = enter(ANA)
    most = settings().web_threads // 2
    streams = [ana.client.get("/events", buffered=False) for _ in range(most)]
    assert {stream.status_code for stream in streams} == {200}
    assert ana.client.get("/events").status_code == 204
    streams.pop().close()
    with ana.client.get("/events", buffered=False) as again:
        assert again.status_code == 200
    for stream in streams:
        stream.close()


def test_an_action_is_news(enter: Enter) -> None:
    ana, case = enter(ANA), case_about("Factura")
    seen = live.hub.wait((-1, -1), 0)
    ana.post(f"/cases/{case.id}/closure")
    assert live.hub.wait(seen, 0) > seen


def test_who_waits_is_woken() -> None:
    hub, woken = Hub(), threading.Event()
    waiting = threading.Thread(target=lambda: (hub.wait((0, 0), 60), woken.set()))
    waiting.start()
    hub.tell()
    assert woken.wait(30)
    waiting.join()
