"""Names of regions and countries in the reader's language, for the codes of ISO 3166 that records carry."""

from __future__ import annotations

from fastchannel.terms.places import country_of, is_code, name_of
from fastchannel.web.times import locale_of

CORE = {"en": "en", "zh": "zh-Hans", "ko": "ko"}


def place_words(code: str, language: str | None) -> str:
    """The place's name; the code itself where no name is known."""
    if not is_code(code):
        return code
    locale = locale_of(language)
    if country_of(code) == code:
        return str(locale.territories.get(code, code))
    return name_of(code, CORE.get(locale.language, "en"))
