"""Texts with one trigger, figures made for tests, and readers of the real series."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from fastchannel.agreement.load import load
from fastchannel.agreement.text import AgreementText
from fastchannel.watch.triggers.replay_data import ReplayData
from tests.agreement.small import SMALL, changed

FIRST = date(2020, 6, 1)
DAY = timedelta(days=1)
TRIGGER = SMALL[SMALL.index("[[trigger]]") : SMALL.index("[words]")]


def day(number: int) -> date:
    """The days of a test are numbered from 1."""
    return FIRST + (number - 1) * DAY


def text(*triggers: str) -> AgreementText:
    """The small agreement with other triggers; each is given without its heading, clause and fate."""
    made = "".join(
        f'[[trigger]]\nid = "t{index}"\nclause = "13({index})"\nunder_way = "complete"\n{one}\n'
        for index, one in enumerate(triggers, 1)
    )
    return load(changed(TRIGGER, made)).text


def data(**tables: Iterable[str]) -> ReplayData:
    """Tables without their headings; none of them may have a fault."""
    headings = {
        "reports": "published,day,place,figure,count",
        "flights": "flight,carrier,arrived,known,tested,positive",
        "forecasts": "published,route,days,expected",
        "overrides": "id,act,unit,subject,first,until,reason,party,signed",
    }
    read = ReplayData()
    for name, rows in tables.items():
        read.add([headings[name], *rows], name)
    assert read.faults == []
    return read


def series(counts: Iterable[int | None], *, place: str = "CN", figure: str = "cases", late: int = 0) -> list[str]:
    """Rows of daily counts from day 1, each published so many days after; None is not reported."""
    return [
        f"{day(number + late)},{day(number)},{place},{figure},{count}"
        for number, count in enumerate(counts, 1)
        if count is not None
    ]


def singapore(shared: Path) -> list[str]:
    """Unlinked community cases as the ministry gave them each evening; days without a figure have no row."""
    path = shared / "data" / "epidemic" / "sg_hxchua" / "covid19_sg.csv"
    with path.open(encoding="utf-8") as file:
        rows = [(row["Date"], row["Unlinked_community_cases"]) for row in csv.DictReader(file)]
    return [f"{when},{when},SG,unlinked_cases,{count}" for when, count in rows if count]


def hong_kong(shared: Path) -> list[str]:
    """Cases with no known source, in both vintages of the line list."""
    path = shared / "data" / "epidemic" / "hk_chp" / "hk_daily_by_class.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        f"{row['vintage']},{row['report_date']},HK,unlinked_cases,{int(row['local_case']) + int(row['possibly_local_case'])}"
        for row in rows
    ]
