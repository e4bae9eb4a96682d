"""Files of travellers: what is read, and what is said about files that cannot be."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fastchannel.cli.travellers import Source, TravellersError, events_of
from fastchannel.terms.events import Applied, CheckedIn, EventError, Resulted, Sponsored, decode

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
    found = [(one.line, [event.journey for event in events_of(one)]) for one in Source(path)]
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
    (traveller,) = Source(write_table(tmp_path / "some.csv", rows))
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
    found = [(one.line, events_of(one)) for one in Source(tmp_path / "some.parquet")]
    assert [line for line, _ in found] == [1, 3]
    expected = decode(json.dumps({**check_in(1), "at": "2020-05-04T00:00:00Z", "recorded": "2020-05-04T00:00:00Z"}))
    assert found[0][1][0] == expected


def test_a_table_may_hold_each_journey_in_one_cell(tmp_path: Path) -> None:
    rows = [{"journey": name, "events": json.dumps([check_in(1, name)])} for name in ("j-1", "j-2")]
    found = [events_of(one)[0].journey for one in Source(write_table(tmp_path / "some.csv", rows))]
    assert found == ["j-1", "j-2"]


def test_a_journey_whose_rows_are_torn_apart_stops_the_reading(tmp_path: Path) -> None:
    path = write_table(tmp_path / "some.csv", [check_in(1), check_in(1, "j-2"), check_in(2)])
    with pytest.raises(TravellersError, match=r"line 4: journey j-1 was at line 2 before.*sort the file"):
        list(Source(path))


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
    (traveller,) = Source(write_table(tmp_path / "some.csv", [row]))
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
        list(Source(tmp_path / name))


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_bytes(b"[" * 5_000_000)
    with pytest.raises(TravellersError, match="line 1 is longer than"):
        list(Source(tmp_path / "some.jsonl"))
