"""The one place where the command line reads the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)
