"""The model this installation uses: loaded anew when another is promoted, without a restart."""

import logging

from cases.settings import settings
from classifiers import versions
from classifiers.classify import Model
from classifiers.classify import model as load
from classifiers.places import MODEL

log = logging.getLogger(__name__)


def model() -> Model:
    """The model in use; the shipped one where the kept one cannot be read."""
    folder = versions.current(settings().data)
    try:
        return load(folder)
    except (OSError, ValueError, KeyError) as broken:
        if folder == MODEL:
            raise
        log.error("the model in %s cannot be read (%s); the shipped one is used", folder, broken)
        return load(MODEL)
