"""The root of what the watch raises on purpose."""

from __future__ import annotations

from fastchannel.terms.errors import FastChannelError


class WatchError(FastChannelError):
    """The watch could not answer. The message says where, what was found, what was expected and what to do."""
