"""The root of the errors of supply."""

from __future__ import annotations

from fastchannel.terms.errors import FastChannelError


class SupplyError(FastChannelError):
    """A table, a site, an application or a limit from which no answer can be made."""
