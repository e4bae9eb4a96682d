"""Logs are keyed, and hold no traveller's data."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.db import IntegrityError, connection, transaction

from fastchannel.node.logs import KeyedFormatter


def written(message: str, **given: object) -> dict[str, object]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(KeyedFormatter())
    logger = logging.getLogger("fastchannel.test")
    logger.addHandler(handler)
    try:
        logger.error(message, **given)  # type: ignore[arg-type]
    finally:
        logger.removeHandler(handler)
    found: dict[str, object] = json.loads(stream.getvalue())
    return found


def test_a_line_is_json_with_its_keys() -> None:
    found = written("woken", extra={"journeys": 3})
    assert (found["message"], found["journeys"], found["level"]) == ("woken", 3, "error")


def test_a_refused_row_is_not_quoted(db: None) -> None:
    name = "KIM" + "MINJI"  # a traceback quotes the source, so the name must not stand there whole
    with pytest.raises(IntegrityError, match=name) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO node_person (journey_id, name) VALUES ('x', %s)", [name])
    found = written("failed", exc_info=caught.value)
    assert "node_person" in str(found["trace"])
    assert name not in str(found)
