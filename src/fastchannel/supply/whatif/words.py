"""Rules for the channel and the columns of their comparison, in words."""

from __future__ import annotations

from fastchannel.terms.language import N_, translate

RULES = {
    "in force": N_("the agreement in force"),
    "closed": N_("closed"),
    "halved": N_("half as many"),
    "twice the rooms": N_("twice the rooms"),
}
NIGHTS = N_("{nights} nights of isolation")
COLUMNS = (N_("rule"), N_("flow"), N_("output lost, with its range"), N_("imports expected"))


def rule_words(name: str, nights: float, language: str = "en") -> str:
    """A rule's name."""
    if name in RULES:
        return translate(RULES[name], language)
    return translate(NIGHTS, language, nights=f"{nights:g}")


def column_words(language: str = "en") -> list[str]:
    """The columns of the comparison but the regions."""
    return [translate(one, language) for one in COLUMNS]
