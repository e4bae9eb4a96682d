"""Write docs/reference/certificate-codes.md from the tables of words: python tools/reference_certificates.py"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastchannel.certificates.refusal import UNANSWERED, Code
from fastchannel.certificates.words import CODES, DEVIATIONS, EVENTS, FILES, FORMATS, Advice
from fastchannel.terms.language import LANGUAGES, translate

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "certificate-codes.md"


def page() -> str:
    """The page of codes."""
    refused = {code.value: CODES[code] for code in Code if code not in UNANSWERED}
    unanswered = {code.value: CODES[code] for code in Code if code in UNANSWERED}
    lines = [
        "# Certificate codes",
        "",
        "What `fastchannel verify` and the page of certificates answer. Codes are stable; the sentences may change. Made from",
        "the tables in `fastchannel.certificates.words` by `python tools/reference_certificates.py`.",
        "",
        "## Refused",
        "",
        "The certificate is not accepted. `fastchannel verify` exits with 1.",
        "",
        *_advice(refused),
        "## Cannot tell",
        "",
        "These say nothing about the certificate: the case is held, not refused. `fastchannel verify` exits with 2.",
        "",
        *_advice(unanswered),
        "Where a file could not be read, the code is `unsupported` with one of these details:",
        "",
        *_advice(FILES),
        "## Formats, events and deviations",
        "",
        *_words("format", {one.value: text for one, text in FORMATS.items()}),
        *_words("event", {str(kind.__struct_config__.tag): text for kind, text in EVENTS.items()}),
        "Deviations from a format's specification are tolerated by default and named with the evidence; `--strict` refuses",
        "them as `malformed` with the deviation as its detail.",
        "",
        *_words("deviation", DEVIATIONS),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _advice(table: Mapping[str, Advice]) -> list[str]:
    return _table("code", {key: [_both(one, language) for language in LANGUAGES] for key, one in table.items()})


def _both(one: Advice, language: str) -> str:
    return f"{translate(one.wrong, language)} *{translate(one.next, language)}*"


def _words(heading: str, table: Mapping[str, str]) -> list[str]:
    return _table(heading, {key: [translate(text, language) for language in LANGUAGES] for key, text in table.items()})


def _table(heading: str, table: Mapping[str, list[str]]) -> list[str]:
    return [
        f"| {heading} | {' | '.join(LANGUAGES)} |",
        "|---|" + "---|" * len(LANGUAGES),
        *(f"| `{key}` | {' | '.join(texts)} |" for key, texts in table.items()),
        "",
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
