"""The client: asks one installation with one token, about one person or a whole audience."""

from collections.abc import Iterable

from tregua_client.asking import Asker
from tregua_client.gate import Gate, open_gate


class Client(Asker):
    """Asks one installation with one token."""

    def gate(
        self,
        *,
        campaign: str,
        audience: Iterable[str],
        klass: str = "promotional",
        topic: str = "",
        export: bool = False,
    ) -> Gate:
        """Bring an audience; the gate says who of it may be written to."""
        described = {"campaign_class": klass, "topic": topic}
        return open_gate(self, campaign, audience, described, export=export)
