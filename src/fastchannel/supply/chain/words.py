"""Faults and repairs of a table in words, in every language that ships."""

from __future__ import annotations

from fastchannel.supply.chain.faults import Fault, Kind
from fastchannel.supply.chain.repairs import Change
from fastchannel.terms.language import N_, translate

KINDS = {
    Kind.NEGATIVE_FLOW: N_("a negative sale"),
    Kind.NEGATIVE_DEMAND: N_("a negative final demand"),
    Kind.ZERO_OUTPUT: N_("no output"),
    Kind.NEGATIVE_OUTPUT: N_("a negative output"),
    Kind.INPUTS_EXCEED_OUTPUT: N_("more inputs than output"),
    Kind.UNBALANCED: N_("sales that are not its output"),
    Kind.LOW_STOCK: N_("less than a day's stock of what it cannot do without"),
    Kind.ZERO_STOCK_CYCLE: N_("a circle without stock, which can never start"),
}
EQUAL = N_("{where}: {kind}: found {found}, expected {expected}")
AT_LEAST = N_("{where}: {kind}: found {found}, expected {expected} or more")
ABOVE = N_("{where}: {kind}: found {found}, expected more than {expected}")
CHANGED = N_("{where}: repaired {kind}: {before} became {after}")


def fault_words(fault: Fault, language: str) -> str:
    """Where, what, found and expected."""
    text = {Kind.UNBALANCED: EQUAL, Kind.ZERO_OUTPUT: ABOVE}.get(fault.kind, AT_LEAST)
    figures = {"found": _figure(fault.found), "expected": _figure(fault.expected)}
    return translate(text, language, where=fault.where, kind=translate(KINDS[fault.kind], language), **figures)


def change_words(change: Change, language: str) -> str:
    """What was changed and how far."""
    figures = {"before": _figure(change.before), "after": _figure(change.after)}
    return translate(CHANGED, language, where=change.where, kind=translate(KINDS[change.kind], language), **figures)


def _figure(value: float) -> str:
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
