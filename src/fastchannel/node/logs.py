"""Logs as one line of JSON each: a message that never varies, and keys. A traveller's data never goes in."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "response"}


_QUOTING = ("DETAIL:", "CONTEXT:", "LINE ")


class KeyedFormatter(logging.Formatter):
    """Writes the record's own fields and whatever was given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        fields |= {key: value for key, value in vars(record).items() if key not in _ORDINARY}
        if record.exc_info:
            lines = self.formatException(record.exc_info).splitlines()
            # The database's DETAIL quotes the row that it refused.
            fields["trace"] = "\n".join(line for line in lines if not line.startswith(_QUOTING))
        return json.dumps(fields, ensure_ascii=False, default=str)
