"""One catalogue of messages for pages, letters, command line and explanations, in every language that ships."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files

LANGUAGES = ("en", "zh-Hans", "ko")
DOMAIN = "django"  # the web shell reads the same catalogue


def N_(message: str) -> str:  # noqa: N802 — the customary mark for a message that is translated later
    """Mark a message for the catalogue and return it as it is."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    with as_file(files("fastchannel") / "locale") as folder:
        return gettext.translation(DOMAIN, str(folder), languages=[language.replace("-", "_")], fallback=True)


def translate(message: str, language: str = "en", **values: object) -> str:
    """The message in ``language`` (one of LANGUAGES), its ``{placeholders}`` filled from ``values``."""
    text = _catalogue(language).gettext(message) if message else ""
    return text.format_map(values) if values else text


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text for ``language`` among texts an agreement gives by language (``en``, ``zh``, ``ko``); else English, else any."""
    short = language.split("-", maxsplit=1)[0]
    return texts.get(language) or texts.get(short) or texts.get("en") or next(iter(texts.values()), "")
