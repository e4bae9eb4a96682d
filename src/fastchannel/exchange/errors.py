"""What is wrong with something that another party sent, or that was kept of it."""

from __future__ import annotations

from fastchannel.terms.errors import FastChannelError


class ExchangeError(FastChannelError):
    """The root of the exchange's errors."""


class ProofError(ExchangeError):
    """A proof does not show what it should."""


class NoteError(ExchangeError):
    """A signed note or checkpoint is not one, or is not signed by whom it must be."""


class LeafError(ExchangeError):
    """An entry's header or body is not one. A structural fault: nothing of the batch is kept."""


class SealError(ExchangeError):
    """A sealed body cannot be opened, or is another than its header commits to."""
