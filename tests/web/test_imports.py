"""Importing a roster: nothing is written before it is confirmed, and the counts balance."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fastchannel.terms.events import Role
from tests.casework.cases import roster_csv

HIDDEN = re.compile(r'<input type="hidden" name="(agreement|filename|duties|content|key)" value="([^"]*)">')


@pytest.fixture
def sponsor(signed_in: Any) -> Client:
    """A sponsor at work."""
    client: Client = signed_in(Role.SPONSOR)
    return client


def upload(client: Client, data: bytes) -> Any:
    """The answer to an uploaded roster."""
    return client.post(
        "/travellers/import/", {"agreement": "china-korea", "duties": "on", "file": SimpleUploadedFile("May.csv", data)}
    )


def mixed() -> bytes:
    """Five rows: three good, one with two faults, one that repeats the first."""
    rows = roster_csv(3).decode().split("\r\n")
    bad = rows[1].replace("M00000000", "?").replace("KR-11", "XX-99")
    return "\r\n".join([*rows, bad, rows[1]]).encode()


def test_a_roster_is_checked_row_by_row_before_anything_is_written(sponsor: Client) -> None:
    from fastchannel.node.models import Import, Journey

    page = upload(sponsor, mixed()).content.decode()
    assert "5 rows = 3 accepted + 1 rejected + 1 duplicates" in page
    assert "Nothing has been written yet." in page
    assert "Write 3 applications" in page
    assert (Import.objects.count(), Journey.objects.count()) == (0, 0)


def test_a_confirmed_roster_is_written_once_however_often_it_is_confirmed(sponsor: Client) -> None:
    from fastchannel.node import imports
    from fastchannel.node.models import Import, Journey

    fields = dict(HIDDEN.findall(upload(sponsor, mixed()).content.decode()))
    answers = [sponsor.post("/travellers/import/confirm/", fields) for _ in range(2)]
    stored = Import.objects.get()
    address = f"/travellers/import/{stored.id}/"
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, address)] * 2
    assert "0 of 5 rows" in sponsor.get(address).content.decode()
    imports.process(stored.id)
    page = sponsor.get(address).content.decode()
    assert "5 rows = 3 accepted + 1 rejected + 1 duplicates" in page
    assert Journey.objects.count() == 3


def test_a_written_roster_names_its_travellers_and_the_reading_is_logged(sponsor: Client) -> None:
    from fastchannel.node import imports
    from fastchannel.node.models import AccessLog, Import

    sponsor.post("/travellers/import/confirm/", dict(HIDDEN.findall(upload(sponsor, mixed()).content.decode())))
    stored = Import.objects.get()
    imports.process(stored.id)
    page = sponsor.get(f"/travellers/import/{stored.id}/").content.decode()
    assert page.count(">LEE</a>") == 3
    assert len(AccessLog.objects.get(why="import").journeys) == 3


def test_the_check_tells_which_columns_are_left_out_and_what_the_letters_were_read_as(sponsor: Client) -> None:
    lines = roster_csv(1, name="홍길동").decode().split("\r\n")
    named = "\r\n".join([f"{lines[0]},fligth", f"{lines[1]},CK101"])
    page = upload(sponsor, named.encode("cp949")).content.decode()
    assert "These columns are not known and are left out: fligth." in page
    assert "it was read as CP949" in page
    assert "notice wait" not in upload(sponsor, roster_csv(1)).content.decode()


def test_rows_left_out_come_back_as_they_were_sent_with_the_reasons(sponsor: Client) -> None:
    fields = dict(HIDDEN.findall(upload(sponsor, mixed()).content.decode()))
    answer = sponsor.post("/travellers/import/confirm/", {**fields, "what": "rejects"})
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["passport"] for row in rows] == ["?", "M00000000"]
    assert "passport: " in rows[0]["problems"]
    assert "origin: " in rows[0]["problems"]


def test_the_template_can_be_uploaded_as_it_is(sponsor: Client) -> None:
    template = sponsor.get("/travellers/import/template.csv").content
    page = upload(sponsor, template)
    assert page.status_code == 200
    assert b"rejected" in page.content


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"PK\x03\x04" + b"0" * 100, b"a,b\r\n1,2\r\n"])
def test_a_file_that_is_no_roster_is_refused_with_what_to_do(sponsor: Client, data: bytes) -> None:
    answer = upload(sponsor, data)
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()


@pytest.mark.parametrize("content", ["", "###", "eNoDAAAAAAE=", "AAAA"])
def test_a_roster_that_did_not_come_back_whole_is_not_stored(sponsor: Client, content: str) -> None:
    body = {"agreement": "china-korea", "filename": "x.csv", "content": content, "key": "k"}
    assert sponsor.post("/travellers/import/confirm/", body).status_code == 422


def test_another_sponsors_import_is_not_to_be_found(sponsor: Client, signed_in: Any) -> None:
    fields = dict(HIDDEN.findall(upload(sponsor, mixed()).content.decode()))
    address = sponsor.post("/travellers/import/confirm/", fields)["Location"]
    other = signed_in(Role.SPONSOR, username="other", organisation="Another company")
    assert other.get(address).status_code == 404
    assert other.get(f"{address}left-out.csv").status_code == 404


def pasted(client: Client, rows: str) -> Any:
    """The answer to rows that were pasted."""
    return client.post("/travellers/import/", {"agreement": "china-korea", "rows": rows})


@pytest.mark.parametrize("separator", ["\t", ","])
def test_rows_copied_out_of_a_spreadsheet_are_checked_as_a_file_is(sponsor: Client, separator: str) -> None:
    page = pasted(sponsor, mixed().decode().replace(",", separator)).content.decode()
    assert "5 rows = 3 accepted + 1 rejected + 1 duplicates" in page
    assert "pasted rows" in page


def test_neither_rows_nor_a_file_nor_both_is_taken(sponsor: Client) -> None:
    assert pasted(sponsor, " \r\n").status_code == 422
    file = SimpleUploadedFile("May.csv", roster_csv(1))
    both = sponsor.post("/travellers/import/", {"agreement": "china-korea", "rows": roster_csv(1).decode(), "file": file})
    assert both.status_code == 422


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_the_template_as_a_workbook_can_be_uploaded_and_written_as_it_is(sponsor: Client, language: str) -> None:
    from fastchannel.node import imports
    from fastchannel.node.models import Import

    sponsor.cookies["django_language"] = language
    template = sponsor.get("/travellers/import/template.xlsx")
    assert template["Content-Disposition"].endswith('.xlsx"')
    fields = dict(HIDDEN.findall(upload(sponsor, template.content).content.decode()))
    sponsor.post("/travellers/import/confirm/", fields)
    stored = Import.objects.get()
    imports.process(stored.id)
    stored.refresh_from_db()
    assert (stored.total, stored.accepted) == (2, 2)


def test_a_passport_that_was_a_number_is_told_before_and_after_the_row_is_written(sponsor: Client) -> None:
    from fastchannel.node import imports
    from fastchannel.node.models import Import
    from tests.casework.test_workbook import book, changed

    page = upload(sponsor, book(changed(passport=12345678))).content.decode()
    assert "noughts before it may be lost: 12345678" in page
    assert "1 row is good but should be looked at" in page
    address = sponsor.post("/travellers/import/confirm/", dict(HIDDEN.findall(page)))["Location"]
    imports.process(Import.objects.get().id)
    assert "noughts before it may be lost: 12345678" in sponsor.get(address).content.decode()


def test_a_workbook_with_macros_is_refused_with_what_to_do(sponsor: Client) -> None:
    from tests.casework.test_workbook import ROW, book, repacked

    answer = upload(sponsor, repacked(book(ROW), **{"xl/vbaProject.bin": b"x"}))
    assert answer.status_code == 422
    assert "without them" in answer.content.decode()
