"""Servers that strangers name: public ones alone, whatever their address is disguised as."""

import pytest

from inbox.api import posting
from inbox.api.posting import NotReachable


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/hook",
        "https://127.0.0.1/hook",
        "https://[2002:7f00:1::]/hook",
        "https://[64:ff9b::7f00:1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[::10.0.0.1]/hook",
        "https://224.0.0.1/hook",
        "https://[fec0::1]/hook",
        "https://user:word@93.184.216.34/hook",
        "https://93.184.216.34/añadir",
        "https://93.184.216.34/a\r\nX-Evil: 1",
        "https://93.184.216.34:port/hook",
        "https://[93.184.216.34/hook",
        "https:///hook",
    ],
)
def test_a_webhook_that_leads_inside_or_nowhere_is_refused(url: str) -> None:
    with pytest.raises(NotReachable):
        posting.goal_of(url)


def test_a_webhook_keeps_its_port_and_its_question() -> None:
    found = posting.goal_of("https://93.184.216.34:8443/hook?a=1")
    assert (found.port, found.path, found.address) == (8443, "/hook?a=1", "93.184.216.34")
