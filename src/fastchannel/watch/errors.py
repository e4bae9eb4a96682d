"""The error that the room raises."""

from __future__ import annotations

from fastchannel.terms.errors import FastChannelError


class WatchError(FastChannelError):
    """What happened could not be read or told."""
