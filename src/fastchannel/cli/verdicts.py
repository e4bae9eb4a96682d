"""Writes the answers of a batch: JSON Lines with whole standings, or CSV or Parquet with a row for each journey."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import msgspec

from fastchannel.cli.blocks import format_of
from fastchannel.decide.standing import Standing, encode
from fastchannel.decide.words import say

COLUMNS = (
    "journey", "line", "verdict", "stage", "gate", "codes", "clauses", "reasons", "open", "changes", "at", "route",
    "agreement", "version", "digest",
)  # fmt: skip


def row_of(line: int, standing: Standing, language: str) -> tuple[Any, ...]:
    """The standing as a row of COLUMNS."""
    return (
        standing.journey,
        line,
        standing.verdict.value,
        standing.stage,
        standing.gate,
        [reason.code for reason in standing.reasons],
        [reason.clause for reason in standing.reasons],
        [say(reason, language) for reason in standing.reasons],
        len(standing.open_obligations),
        standing.changes,
        standing.at,
        standing.route,
        standing.agreement,
        standing.version,
        standing.digest,
    )


def encode_answers(kind: str, answers: Iterable[tuple[int, Standing]], language: str) -> bytes:
    """Answers as bytes of the format: lines, rows of CSV without header, or a whole Parquet file."""
    if kind == "jsonl":
        return b"".join(encode(standing) + b"\n" for _, standing in answers)
    rows = [row_of(line, standing, language) for line, standing in answers]
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([_flat(value) for value in row] for row in rows)
        return text.getvalue().encode()
    return _parquet(rows)


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(value)
    if value is None:
        return ""
    return value if isinstance(value, str) else str(msgspec.to_builtins(value))


def _parquet(rows: list[tuple[Any, ...]]) -> bytes:
    import polars as pl

    instant = pl.Datetime("us", "UTC")
    texts = pl.List(pl.String)
    schema: dict[str, Any] = {
        "journey": pl.String, "line": pl.Int64, "verdict": pl.String, "stage": pl.String, "gate": pl.String, "codes": texts,
        "clauses": texts, "reasons": texts, "open": pl.Int64, "changes": instant, "at": instant, "route": pl.String,
        "agreement": pl.String, "version": pl.Int64, "digest": pl.String,
    }  # fmt: skip
    raw = io.BytesIO()
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(raw)
    return raw.getvalue()


class Sink:
    """The output file. It appears under its name only when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kind = format_of(path)
        self._part = path.with_name(f".{path.name}.part")
        self._count = 0

    def __enter__(self) -> Self:
        self.discard()
        if self.kind == "parquet":
            self._part.mkdir(parents=True)
        else:
            self._part.write_bytes(b"" if self.kind == "jsonl" else (",".join(COLUMNS) + "\n").encode())
        return self

    def write(self, raw: bytes) -> None:
        """Append what `encode_answers` made."""
        if self.kind == "parquet":
            (self._part / f"{self._count:08}.parquet").write_bytes(raw)
        else:
            with self._part.open("ab") as file:
                file.write(raw)
        self._count += 1

    def finish(self) -> None:
        """Give the file its name."""
        if self.kind == "parquet":
            import polars as pl

            if not self._count:
                self.write(_parquet([]))
            whole = self._part / "whole"
            # Streams from file to file, so a large output needs no memory.
            pl.scan_parquet(sorted(self._part.glob("*.parquet"))).sink_parquet(whole)
            whole.replace(self.path)
        else:
            self._part.replace(self.path)

    def discard(self) -> None:
        """Remove what is unfinished."""
        if self._part.is_dir():
            shutil.rmtree(self._part)
        self._part.unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        self.discard()
