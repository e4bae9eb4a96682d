"""What is wrong with something that another party sent, or that was kept of it."""

from __future__ import annotations

from fastchannel.terms.errors import FastChannelError


class ExchangeError(FastChannelError):
    """The root of the exchange's errors."""


class ProofError(ExchangeError):
    """A proof does not show what it should."""
