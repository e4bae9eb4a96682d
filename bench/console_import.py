"""How long a sponsor's roster of 50,000 travellers takes to become applications, against one write a row.

Run it with ``python -m bench.console_import``. A node is made in a directory of its own, with its own database server as it
ships (the disk is waited for at each commit). The roster is stored as the page stores it and taken in by the worker's own
turns, whole, with a second look by the counts. Beside it the naive way, on a sample, in the same run: each row through the
ordinary application, one decision and one transaction a row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from fastchannel.casework import workbook
from fastchannel.node.database import Server, running
from fastchannel.node.places import Places
from tests.casework.cases import AGREEMENT, SPONSOR, roster_csv

ROWS, QUICK, SAMPLE = 50_000, 10_000, 300
DUTIES = ["transport", "closed-loop"]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help=f"{QUICK:,} rows")
    options.add_argument("--xlsx", action="store_true", help="send a workbook instead of a CSV file")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = measured(Path(place) / "cn", QUICK if chosen.quick else ROWS, as_workbook=chosen.xlsx)
    if chosen.json:
        print(json.dumps(found))
        return
    print(f"{found['rows']:,.0f} rows = {found['accepted']:,.0f} accepted + {found['rejected']:,.0f} rejected")
    print(f"checked     {found['preview_s']:7.1f} s until the page says what would happen to each row")
    print(f"taken in    {found['seconds']:7.1f} s, {found['rows_per_second']:,.0f} rows a second, {found['turns']:.0f} turns")
    print(
        f"            {found['worker_cpu_seconds']:7.1f} s of them the worker's own CPU time, the rest the database and others"
    )
    print(f"one by one  {found['naive_rows_per_second']:7,.0f} rows a second; {found['naive_seconds']:,.0f} s for all of them")
    print(f"load average {found['load']:.1f} on {found['cores']:.0f} cores")


def measured(directory: Path, rows: int, *, as_workbook: bool) -> dict[str, float]:
    """Make the node, take in the roster by turns, then a sample one by one."""
    made_node = [sys.executable, "-m", "fastchannel", "node", "init", str(directory), "--party", "CN", "--json"]
    subprocess.run(made_node, check=True, stdout=subprocess.DEVNULL)
    from fastchannel.node import shell

    with running(Server(Places(directory))):
        shell.use(directory)
        return _both(rows, as_workbook=as_workbook)


def roster(rows: int) -> bytes:
    """A sponsor's real mix: twenty to forty on one flight for one purpose, a hundred days of eight flights, two purposes."""
    header, *lines = roster_csv(rows).decode().split("\r\n")
    first = date(2020, 5, 22)
    for number, line in enumerate(lines):
        group = number // 30
        leaves = f"{first + timedelta(days=group % 100)} {8 + group % 8:02}:30"
        purpose = "business" if number % 3 else "technical-service"
        lines[number] = line.replace("2020-05-22 09:30", leaves).replace("business", purpose)
    return "\r\n".join([header, *lines]).encode()


def _both(rows: int, *, as_workbook: bool) -> dict[str, float]:
    from fastchannel.casework.permissions import Denial
    from fastchannel.node import imports, jobs
    from fastchannel.node.models import Import, Journey

    data = roster(rows)
    if as_workbook:
        data = workbook.write([line.split(",") for line in data.decode().split("\r\n")], {})
    began = time.perf_counter()
    seen = imports.preview(SPONSOR, data, agreement=AGREEMENT)
    assert not isinstance(seen, Denial)
    preview = time.perf_counter() - began
    stored = imports.receive(SPONSOR, data, filename="r.csv", agreement=AGREEMENT, duties=DUTIES, key="bench")
    assert isinstance(stored, Import)
    began, own, turns = time.perf_counter(), time.process_time(), 1
    while not imports.process(stored.id, chunks=jobs.CHUNKS_A_TURN):
        turns += 1
    seconds, worked = time.perf_counter() - began, time.process_time() - own
    stored.refresh_from_db()
    assert stored.accepted == Journey.objects.count() == rows == stored.done
    naive = _naive(min(rows, SAMPLE))
    return {
        "rows": rows, "accepted": stored.accepted, "rejected": stored.rejected, "preview_s": preview, "seconds": seconds,
        "worker_cpu_seconds": worked, "load": os.getloadavg()[0], "cores": os.cpu_count() or 0,
        "rows_per_second": rows / seconds, "turns": turns, "naive_rows_per_second": naive, "naive_seconds": rows / naive,
    }  # fmt: skip


def _naive(sample: int) -> float:
    from fastchannel.casework import applications
    from fastchannel.casework import roster as rows_of
    from fastchannel.casework.office import Receipt
    from fastchannel.node.desk import office

    desk = office()
    text = desk.texts.versions(AGREEMENT).newest
    judged = rows_of.preview(roster_csv(sample, departure="2020-05-23 09:30"), text)
    began = time.perf_counter()
    for row in judged.rows:
        assert row.wanted is not None
        answer = applications.apply(
            desk, SPONSOR, agreement=AGREEMENT, route=row.wanted.route, purpose=row.wanted.purpose, duties=DUTIES,
            itinerary=row.wanted.itinerary, person=row.wanted.person, companion=row.wanted.companion, key=f"naive-{row.row}",
        )  # fmt: skip
        assert isinstance(answer, Receipt)
    return sample / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
