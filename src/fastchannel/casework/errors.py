"""When casework cannot answer. A denial is no error: it is an answer, see `permissions`."""

from __future__ import annotations

from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import translate


class CaseworkError(FastChannelError):
    """The root of casework's errors."""


class UnknownJourneyError(CaseworkError):
    """No journey has that identifier at this node."""


class KeyConflictError(CaseworkError):
    """The idempotency key was used before, for other content."""


class KeyRaceError(CaseworkError):
    """The same idempotency key was settled by somebody else meanwhile: ask again, and the first answer is there."""


class InvalidEntryError(CaseworkError):
    """What was entered cannot be recorded: ``field`` names where, the text says what was found and expected."""

    def __init__(self, field: str, message: str, **values: object) -> None:
        self.field = field
        self.message = message
        self.values = values
        super().__init__(f"{field}: {self.text()}")

    def text(self, language: str = "en") -> str:
        """The message in that language."""
        return translate(self.message, language, **self.values)
