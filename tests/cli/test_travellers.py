"""Files of travellers: what is read, and what is said about files that cannot be."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.cli import blocks
from fastchannel.cli.blocks import Source
from fastchannel.cli.travellers import Traveller, TravellersError, events_of
from fastchannel.terms.events import Applied, CheckedIn, EventError, Resulted, Sponsored, decode


def travellers_of(path: Path) -> list[Traveller]:
    return [traveller for block in Source(path) for traveller in block.travellers()]


AT = "2020-05-04T09:00:00+09:00"
STAMP = {"at": AT, "recorded": AT, "role": "traveller", "party": "KR"}


def check_in(number: int, journey: str = "j-1") -> dict[str, Any]:
    return {"kind": "checked-in", "id": f"{journey}-{number}", "journey": journey, "day": f"2020-05-{number:02}", **STAMP}


def write_table(path: Path, rows: list[dict[str, Any]]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns)
        table.writeheader()
        table.writerows(rows)
    return path


def test_a_line_is_one_journey_and_blank_lines_are_none(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps([check_in(1)]) + "\n\n" + json.dumps({"journey": "j-2", "events": [check_in(2, "j-2")]}) + "\n")
    found = [(one.line, [event.journey for event in events_of(one)]) for one in travellers_of(path)]
    assert found == [(1, ["j-1"]), (3, ["j-2"])]


def test_a_row_for_an_event_says_the_same_as_its_json_form(tmp_path: Path) -> None:
    rows = [
        {
            "kind": "applied", "id": "a", "journey": "j-1", **STAMP, "evidence": "d-1; d-2", "agreement": "china-korea",
            "version": "1", "digest": "sha256:0", "route": "kr-cn", "purpose": "business", "sponsor": "s",
            "itinerary.departure": AT, "itinerary.origin": "KR-11", "itinerary.destination": "CN-TJ",
        },
        {"kind": "sponsored", "id": "b", "journey": "j-1", **STAMP, "sponsor": "s", "duties": "vehicle;lodging"},
        {**check_in(3), "symptoms": "TRUE"},
        {"kind": "resulted", "id": "d", "journey": "j-1", **STAMP, "sample": "1", "assay": "naat", "finding": "not detected",
         "laboratory": "lab", "sampled": AT},
    ]  # fmt: skip
    (traveller,) = travellers_of(write_table(tmp_path / "some.csv", rows))
    applied, sponsored, checked, resulted = events_of(traveller)
    assert isinstance(applied, Applied)
    assert applied.version == 1
    assert applied.evidence == ("d-1", "d-2")
    assert applied.itinerary.destination == "CN-TJ"
    assert isinstance(sponsored, Sponsored)
    assert sponsored.duties == ("vehicle", "lodging")
    assert isinstance(checked, CheckedIn)
    assert checked.symptoms is True
    assert isinstance(resulted, Resulted)
    assert resulted.sampled == datetime(2020, 5, 4, tzinfo=UTC)


def test_parquet_with_typed_columns_reads_like_csv(tmp_path: Path) -> None:
    when = datetime(2020, 5, 4, tzinfo=UTC)
    rows = [
        {**check_in(number, journey), "at": when, "recorded": when, "symptoms": False}
        for journey in ("j-1", "j-2")
        for number in (1, 2)
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "some.parquet")
    found = [(one.line, events_of(one)) for one in travellers_of(tmp_path / "some.parquet")]
    assert [line for line, _ in found] == [1, 3]
    expected = decode(json.dumps({**check_in(1), "at": "2020-05-04T00:00:00Z", "recorded": "2020-05-04T00:00:00Z"}))
    assert found[0][1][0] == expected


def test_a_table_may_hold_each_journey_in_one_cell(tmp_path: Path) -> None:
    rows = [{"journey": name, "events": json.dumps([check_in(1, name)])} for name in ("j-1", "j-2")]
    found = [events_of(one)[0].journey for one in travellers_of(write_table(tmp_path / "some.csv", rows))]
    assert found == ["j-1", "j-2"]


def test_a_journey_whose_rows_are_torn_apart_stops_the_reading(tmp_path: Path) -> None:
    path = write_table(tmp_path / "some.csv", [check_in(1), check_in(1, "j-2"), check_in(2)])
    with pytest.raises(TravellersError, match=r"line 4: journey j-1 was at line 2 before.*sort the file"):
        travellers_of(path)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**check_in(1), "kind": "flown"}, "line 2: kind: found 'flown', expected one of applied"),
        ({**check_in(1), "day": "yesterday"}, r"line 2: no event: .*\$\.day"),
        ({**check_in(1), "at": "2020-05-04T09:00:00"}, r"line 2: no event: .*\$\.at"),
        ({**check_in(1), "stay": "isolation"}, 'line 2: an event of kind "checked-in" has no stay'),
        ({**check_in(1), "journey": ""}, "line 2: no event: .*journey"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    (traveller,) = travellers_of(write_table(tmp_path / "some.csv", [row]))
    with pytest.raises(EventError, match=said):
        events_of(traveller)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("some.txt", b"", 'found the suffix ".txt", expected one of .jsonl'),
        ("some.csv", b"name,age\nKim,4\n", "found the columns name, age; expected journey and events"),
        ("some.csv", b"journey,id,kind,at,recorded,shoe\n", "found the columns shoe, which are fields of no event"),
        ("some.csv", b"journey,id,kind,at,recorded\n\xff\n", "is not UTF-8"),
        ("some.parquet", b"PAR0", "cannot be read as Parquet"),
        ("missing.csv", None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_is_none_of_travellers_says_what_was_expected(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TravellersError, match=said):
        travellers_of(tmp_path / name)


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_bytes(b"[" * 5_000_000)
    with pytest.raises(TravellersError, match="line 1 is longer than"):
        travellers_of(tmp_path / "some.jsonl")


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_where_a_file_is_cut_changes_neither_journeys_nor_their_lines(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [check_in(number, f"j-{journey}") for journey in range(9) for number in range(1, 2 + journey % 4)]
    path = write_table(tmp_path / "some.csv", rows)
    if kind == "parquet":
        pl.read_csv(path, infer_schema=False).write_parquet(path := tmp_path / "some.parquet")
    if kind == "jsonl":
        journeys = [[row for row in rows if row["journey"] == f"j-{number}"] for number in range(9)]
        path = tmp_path / "some.jsonl"
        path.write_text("\n\n".join(map(json.dumps, journeys)))
    whole = [(one.line, events_of(one)) for one in travellers_of(path)]
    monkeypatch.setattr(blocks, "BLOCK", 1 if kind == "csv" else 1_000)
    monkeypatch.setattr(blocks, "ROWS", 1)
    assert len(list(Source(path))) > 3
    assert [(one.line, events_of(one)) for one in travellers_of(path)] == whole
    assert len(whole) == 9


def test_an_empty_line_between_rows_parts_no_journey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 1)
    path = write_table(tmp_path / "some.csv", [check_in(1), check_in(2), check_in(1, "j-2")])
    path.write_text("\n\n".join(path.read_text().splitlines()) + "\n")
    assert [(one.line, len(events_of(one))) for one in travellers_of(path)] == [(3, 2), (7, 1)]


def test_a_cell_of_several_lines_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 1)
    by = 'a "desk",\nfirst floor'
    path = write_table(tmp_path / "some.csv", [{**check_in(1, name), "by": by} for name in ("j-1", "j-2")])
    assert [(one.line, events_of(one)[0].by) for one in travellers_of(path)] == [(3, by), (5, by)]
    nested = [{"journey": name, "events": json.dumps([check_in(1, name)], indent=1)} for name in ("j-1", "j-2")]
    path = write_table(tmp_path / "nested.csv", nested)
    assert [events_of(one)[0].journey for one in travellers_of(path)] == ["j-1", "j-2"]


@given(st.text(alphabet='a,"\r\n', max_size=12))
def test_where_the_quick_look_sees_a_whole_record_csv_does_too(line: str) -> None:
    raw = line.replace("\n", "").replace("\r", "").encode() + b"\n"
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for one in (raw.decode(), "next\n"):
            taken.append(one)
            yield one

    if blocks._RECORD.fullmatch(raw.replace(b'""', b"")):
        with suppress(csv.Error):  # what is no CSV is refused where it is read
            next(csv.reader(lines(), strict=True))
        assert taken == [raw.decode()]


def test_a_file_that_became_shorter_is_not_half_read(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps([check_in(1)]) + "\n")
    (block,) = Source(path)
    path.write_text("")
    with pytest.raises(TravellersError, match="became shorter"):
        list(block.travellers())


def test_a_pipe_is_refused_because_several_processes_cannot_read_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "some.jsonl")
    with pytest.raises(TravellersError, match="no regular file"):
        Source(tmp_path / "some.jsonl")


def test_a_journey_without_end_is_refused_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_EVENTS", 3)
    rows = [check_in(number) for number in range(1, 9)]
    path = write_table(tmp_path / "some.csv", rows)
    pl.read_csv(path, infer_schema=False).write_parquet(tmp_path / "some.parquet")
    for name in ("some.csv", "some.parquet"):
        with pytest.raises(TravellersError, match="journey j-1 has more than 3 events"):
            travellers_of(tmp_path / name)
