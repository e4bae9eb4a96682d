"""When a node cannot be set up, started or asked."""

from __future__ import annotations

from fastchannel.terms.errors import FastChannelError


class NodeError(FastChannelError):
    """The root of the node's errors."""


class ConfigError(NodeError):
    """The node's settings are wrong: the message says in which file or variable."""


class DatabaseError(NodeError):
    """The embedded database server did not start, stop or answer."""


class BackupError(NodeError):
    """A backup could not be made or restored."""
