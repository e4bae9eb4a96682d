"""What one version of an agreement changes against another, in words: what, for whom, from when, and whether anybody under way
is affected.

Dated values are compared as functions of the date, lists by what is in them, measures, duties and triggers by identifier.
Nothing that changes the digest is silent: what makes no difference to anybody is said to make none.
"""

from __future__ import annotations

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.changes import Change, Kind, Touches
from fastchannel.agreement.comparison import Comparison
from fastchannel.terms.language import N_, translate

__all__ = ["Change", "Kind", "Touches", "diff"]


def diff(older: Agreement, newer: Agreement, language: str = "en") -> list[Change]:
    """The changes from one text to another, in the order of the newer text; empty only where the digests are equal."""
    if older.digest == newer.digest:
        return []
    changes = Comparison(older.text, newer.text, language).run()
    if changes:
        return changes
    message = N_("The text is written differently; what it says is the same.")
    return [
        Change(
            path=(),
            kind=Kind.WORDING,
            since=newer.in_force,
            touches=Touches.NOBODY,
            sentence=translate(message, language),
        )
    ]
