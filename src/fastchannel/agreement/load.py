"""From bytes to an agreement, or to all that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.checks import check
from fastchannel.agreement.digest import digest_of
from fastchannel.agreement.mistakes import AgreementError, Found, Mistake
from fastchannel.agreement.reading import Reader
from fastchannel.agreement.toml import decoded, parsed, placed

__all__ = ["AgreementError", "Mistake", "load", "load_all"]


def load(text: str | bytes, *, name: str = "<text>") -> Agreement:
    """Read one text. Raises AgreementError with every mistake; ``name`` says in messages which text it was."""
    written = decoded(text, name)
    raw = parsed(written, name)
    reader = Reader()
    read = reader.agreement(raw)
    warnings: list[Found] = []
    if read is not None:
        mistakes, warnings = check(read, raw, reader)
        reader.found += mistakes
    if reader.found or read is None:
        raise AgreementError(placed(reader.found, written, raw, name), name=name)
    return Agreement(text=read, digest=digest_of(raw), written=written, warnings=tuple(placed(warnings, written, raw, name)))


def load_all(texts: Mapping[str, str | bytes]) -> dict[str, Versions]:
    """Read many texts by name, and sort them by agreement and version. Raises AgreementError with the mistakes of all."""
    agreements: list[Agreement] = []
    mistakes: list[Mistake] = []
    for name, text in texts.items():
        try:
            agreements.append(load(text, name=name))
        except AgreementError as error:
            mistakes += error.mistakes
    if mistakes:
        raise AgreementError(mistakes, name=f"{len(texts)} texts")
    by_id: dict[str, list[Agreement]] = {}
    for agreement in agreements:
        by_id.setdefault(agreement.id, []).append(agreement)
    return {identifier: Versions.of(*group) for identifier, group in sorted(by_id.items())}
