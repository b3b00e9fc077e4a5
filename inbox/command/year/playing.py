"""A year in an installation of its own, in memory: nothing of it is kept, and nobody is rung."""

import logging
import os
import tempfile

from cases.db import Base, engine
from inbox.command.year.living import Year
from inbox.command.year.shop import Shop

NOBODY = "redis://127.0.0.1:1/0"


def play(shop: Shop) -> dict[str, object]:
    """Live that year and tell what was seen; for a process that does nothing else."""
    for name in [name for name in os.environ if name.startswith("TREGUA_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="tregua-year-") as folder:
        os.environ |= {
            "TREGUA_CONFIG": f"{folder}/none.toml",
            "TREGUA_DATA": folder,
            "TREGUA_DATABASE_URL": "sqlite://",
            "TREGUA_REDIS_URL": NOBODY,
        }
        # Who would be rung after each commit is away, and need not be told of.
        logging.getLogger("cases.db").setLevel(logging.ERROR)
        Base.metadata.create_all(engine())
        figures = Year(shop).live()
        engine().dispose()
        return figures
