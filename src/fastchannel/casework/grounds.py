"""Sentences that an officer can choose for a return or a refusal, so that the traveller reads them in their own language.

They are recorded in English, as a sentence by itself, so that every node and every later version can show them; who knows the
sentence shows it in the reader's language. What an officer types stands as typed.
"""

from __future__ import annotations

from collections.abc import Iterable

from fastchannel.terms.language import N_, translate

RETURN: tuple[str, ...] = (
    N_("A document is missing or cannot be read."),
    N_("The activity plan does not say where the traveller works and with whom."),
    N_("The itinerary is not complete."),
    N_("The passport details do not agree with the copy."),
    N_("The sponsor has not accepted its duties."),
)
REFUSE: tuple[str, ...] = (
    N_("The purpose is not one that the agreement names."),
    N_("The region is not open to travellers of the fast channel."),
    N_("A document is not genuine, or belongs to somebody else."),
    N_("No place is left for the day of departure."),
    N_("The sponsor did not keep its duties for earlier travellers."),
)
_KNOWN = frozenset(RETURN + REFUSE)


def reason_of(chosen: Iterable[str], typed: str) -> str:
    """The reason to be recorded: the chosen sentences, a line each, then what was typed."""
    return "\n".join([*(sentence for sentence in chosen if sentence in _KNOWN), *([typed.strip()] if typed.strip() else [])])


def said(reason: str, language: str) -> str:
    """A recorded reason for a reader: sentences that are known in their language, the rest as it was typed."""
    return " ".join(translate(line, language) if line in _KNOWN else line for line in reason.split("\n"))
