"""How fast the console's pages are with a large record and a hundred people at them.

Run it with ``python -m bench.console [--travellers 1000000] [--users 100]``. A node is made in a directory of its own and
filled (see `bench.console_fill`); its web server runs as `fastchannel node run` starts it; people of every role open the pages
of their day, each waiting some seconds between two. The same is measured before on a record of a thousand travellers: what a
large record costs is the ratio. The load comes from the same cores. A page's time is that of all its openings, whoever opened
it and about whom.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bench.console_fill import Filled, fill
from bench.timing import Machine

if TYPE_CHECKING:
    from fastchannel.casework.actor import Actor
    from fastchannel.node.models import Person

TRAVELLERS, QUICK = 1_000_000, 20_000
FEW = 1_000
THINK_SECONDS = 3.0
WARM_SECONDS, SECONDS = 15.0, 60.0
SCAN_ADDRESS = "/checkpoint/scan/"
SCAN = "scan"  # what a scan is called among the pages
SCANS = 5  # of a checkpoint's officer beside each of their pages
Fields = dict[str, str]
User = tuple[str, list[str], list[Fields], dict[str, str]]  # role, pages, scans, cookies
Opening = tuple[str, str, float, bool]  # role, page, seconds, whether it was answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the openings of one page took, in milliseconds."""

    path: str
    opened: int
    median_ms: float
    p95_ms: float
    failed: int


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--travellers", type=int, default=TRAVELLERS)
    options.add_argument("--users", type=int, default=100)
    options.add_argument("--seconds", type=float, default=SECONDS)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    travellers = min(chosen.travellers, QUICK) if chosen.quick else chosen.travellers
    found = {}
    for size in (min(FEW, travellers), travellers):
        command = [sys.executable, "-m", "bench.console_node", str(size), str(chosen.users), str(chosen.seconds)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found[size] = json.loads(done.stdout.splitlines()[-1])
    if chosen.json:
        print(json.dumps({"machine": asdict(Machine.here()), "runs": list(found.values())}))
        return
    print(Machine.here())
    small, large = found.values()
    held = large["filled"]
    print(f"{held['travellers']:,} travellers, {held['events']:,} events, {held['mebibytes']:,} MiB")
    print(f"{'page':22} {'opened':>6} {'median':>7} {'p95':>7}   with {small['filled']['travellers']:,}: p95")
    before = {one["path"]: one["p95_ms"] for one in small["pages"]}
    for one in sorted(large["pages"], key=lambda page: -page["p95_ms"]):
        beside = before.get(one["path"])
        print(
            f"{one['path']:22} {one['opened']:6} {one['median_ms']:7.0f} {one['p95_ms']:7.0f}   "
            f"{f'{beside:7.0f}' if beside else ''}" + (f"  {one['failed']} failed" if one["failed"] else "")
        )
    print(f"all pages: p95 {large['p95_ms']:.0f} ms of {large['opened']:,} openings, {large['failed']} failed")


async def load(address: str, users: list[User], seconds: float) -> list[Opening]:
    """Let these people work, each with the pages of their role and their cookies; what each opening took."""
    taken: list[Opening] = []
    begins = time.monotonic() + WARM_SECONDS
    ends = begins + seconds
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:

        async def work(role: str, pages: list[str], scans: list[Fields], cookies: dict[str, str], seed: int) -> None:
            chance = random.Random(seed)
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
            everything = [*pages, *[SCAN] * (SCANS * len(pages) if scans else 0)]
            await asyncio.sleep(chance.uniform(0, THINK_SECONDS))
            while time.monotonic() < ends:
                path = chance.choice(everything)
                started = time.monotonic()
                try:
                    if path == SCAN:
                        answer = await client.post(SCAN_ADDRESS, data=chance.choice(scans), headers=headers)
                    else:
                        answer = await client.get(path, headers=headers)
                    good = answer.status_code == 200
                except httpx.HTTPError:  # it came too late, or not at all
                    good = False
                if started >= begins:
                    taken.append((role, path, time.monotonic() - started, good))
                await asyncio.sleep(chance.expovariate(1 / THINK_SECONDS))

        await asyncio.gather(*(work(*user, seed=number) for number, user in enumerate(users)))
    return taken


def summary(filled: Filled, taken: list[Opening]) -> dict[str, object]:
    """The openings by page."""
    by_page: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for _role, path, seconds, good in taken:
        by_page[_page(path)].append((seconds * 1000, good))
    pages = [
        Page(
            path=path, opened=len(times), median_ms=statistics.median(ms for ms, _ in times),
            p95_ms=_p95([ms for ms, _ in times]), failed=sum(not good for _, good in times),
        )
        for path, times in sorted(by_page.items())
    ]  # fmt: skip
    return {
        "filled": asdict(filled),
        "pages": [asdict(one) for one in pages],
        "opened": len(taken),
        "failed": sum(not good for *_, good in taken),
        "p95_ms": _p95([seconds * 1000 for _, _, seconds, _ in taken]),
    }


def _page(path: str) -> str:
    """The page without what was asked of it: whose journey, which name."""
    return re.sub(r"/journeys/[^/]+/", "/journeys/ID/", path.partition("?")[0])


def _p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else float("nan")


def measured(travellers: int, users: int, seconds: float) -> dict[str, object]:
    """Make a node, fill it, let people work on it."""
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place) / "cn"
        made = [sys.executable, "-m", "fastchannel", "node", "init", str(directory), "--party", "CN", "--json"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        with (directory / "node.toml").open("a", encoding="utf-8") as settings:
            settings.write('\n[accounts]\nsecond_factor = "optional"\n')  # the sessions are made here, without signing in
        return _measured(directory, travellers, users, seconds)


def _measured(directory: Path, travellers: int, users: int, seconds: float) -> dict[str, object]:
    from fastchannel.node import config as node_config
    from fastchannel.node import shell
    from fastchannel.node.places import Places

    shell.use(directory)
    from fastchannel.node.database import Server, running
    from fastchannel.node.run import launch, prepare, web_command

    places = Places(directory)
    with running(Server(places)):
        prepare(directory)
        filled = fill(travellers)
        people = _people(users)
        config = node_config.load(directory)
        web = launch(places, web_command(config))
        try:
            address = f"http://127.0.0.1:{config.port}"
            _await(address)
            taken = asyncio.run(load(address, people, seconds))
        finally:
            web.terminate()
            web.wait(20)
    return summary(filled, taken)


def _people(users: int) -> list[User]:
    """Accounts of every role that has a day, signed in, with the pages of it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.urls import reverse

    from fastchannel.node import queries
    from fastchannel.node.models import Account, Journey
    from fastchannel.terms.events import Role
    from fastchannel.web.navigation import PAGES

    sponsor = Journey.objects.order_by("?").values_list("sponsor", flat=True).first() or "s"
    organisations = {Role.SPONSOR: sponsor, Role.LABORATORY: "cn-designated-laboratory", Role.CARRIER: "CK Air"}
    roles = [role for role in PAGES if role is not Role.CARRIER]
    people = []
    for number in range(users):
        role = roles[number % len(roles)]
        account = Account.objects.create(
            username=f"{role.value}-{number}", password=secrets.token_hex(16), role=role.value, party="CN",
            organisation=organisations.get(role, ""), jurisdiction=[],
        )  # fmt: skip
        session = SessionStore()
        session[SESSION_KEY] = account.pk
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.save()
        pages = [reverse(f"web:{page}") for page in PAGES[role]]
        seen = [one.journey for one in queries.queue(account.actor, limit=5).items]
        if role is not Role.LABORATORY:
            pages += [reverse("web:journey", args=[journey]) for journey in seen[:1]]
        pages += [f"{reverse('web:find')}?text=Minjun+{number}"]
        token = secrets.token_hex(16)
        scans = _scans(account.actor, token) if role is Role.CHECKPOINT else []
        cookies = {settings.SESSION_COOKIE_NAME: str(session.session_key), settings.CSRF_COOKIE_NAME: token}
        people.append((role.value, pages, scans, cookies))
    return people


def _scans(actor: Actor, token: str) -> list[Fields]:
    """Passports of travellers who are expected, as a scanner types them."""
    from fastchannel.node import queries
    from fastchannel.node.desk import office
    from fastchannel.node.models import Person

    now = office().clock.now()
    since, until = now - timedelta(hours=12), now + timedelta(hours=72)
    found = queries.queue(actor, stages=["approved", "travelling"], departing_from=since, departing_before=until, limit=200)
    expected = [one.journey for one in found.items]
    return [
        {"text": _zone(person), "gate": "entry", "place": actor.party, "csrfmiddlewaretoken": token}
        for person in Person.objects.filter(journey__in=expected)
    ]


def _zone(person: Person) -> str:
    """The machine readable zone of a passport with the traveller's number and date of birth."""
    from fastchannel.certificates.mrz.mrz import Mrz
    from fastchannel.certificates.mrz.writing import write_mrz

    born = person.birth_date.isoformat() if person.birth_date else ""
    return write_mrz(
        Mrz(
            format="TD3", kind="P", state="KOR", family="KIM", given="MINJUN", number=person.passport, nationality="KOR",
            birth=born, sex="M", expires=date(2030, 12, 31),
        )
    )  # fmt: skip


def _await(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.3)
    raise TimeoutError(f"{address}: the web server did not answer")


if __name__ == "__main__":
    main()
