"""A node in one file: the database's dump, settings, secrets, trust lists, case reports and roster, each with its checksum."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from fastchannel import __version__
from fastchannel.node import config as node_config
from fastchannel.node.database import Server, binaries, running
from fastchannel.node.errors import BackupError
from fastchannel.node.places import Places

FORMAT = 1
_DUMP, _MANIFEST = "database.dump", "manifest.json"
_MOST_SMALL = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made: where, how large, and the whole file's checksum."""

    path: Path
    bytes: int
    sha256: str


def backup(directory: Path, target: Path) -> Backup:
    """Write the node in ``directory`` into ``target``, which only its owner may read. Raises BackupError and NodeError."""
    places = Places(directory.resolve())
    config = node_config.load(places.directory)
    if target.exists():
        raise BackupError(f"{target}: exists already; expected a new file")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".backup-") as folder:
        dump = Path(folder) / _DUMP
        if config.database_url:
            _dump(config.database_url, dump)
        else:
            with running(Server(places)) as server:
                _dump(server.dsn(), dump)
        members = {_DUMP: dump, "node.toml": places.config}
        kept = [
            path
            for folder in (places.secrets, places.trust, places.reports, places.roster.parent)
            for path in sorted(folder.rglob("*"))
        ]
        members |= {path.relative_to(places.directory).as_posix(): path for path in kept if path.is_file()}
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "party": config.party,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "sha256": {name: _digest(path) for name, path in members.items()},
        }
        whole = Path(folder) / "whole"
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                _add(archive, _MANIFEST, json.dumps(manifest, indent=1).encode())
                for name, path in members.items():
                    archive.add(path, arcname=name, filter=_anonymous)
            file.flush()
            os.fsync(file.fileno())
        digest = _digest(whole)
        size = whole.stat().st_size
        whole.rename(target)
    return Backup(path=target, bytes=size, sha256=digest)


def restore(source: Path, directory: Path) -> str:
    """Make the node anew from a backup in an empty directory; the party. Raises BackupError and NodeError."""
    places = Places(directory.resolve())
    if places.directory.exists() and any(places.directory.iterdir()):
        raise BackupError(f"{directory}: found files there; a backup is restored into an empty directory only")
    places.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=places.directory, prefix=".restore-") as folder:
        party = _unpack(source, Path(folder))
        places.secrets.mkdir(mode=0o700)
        for path in (Path(folder) / "secrets").iterdir():
            path.rename(places.secrets / path.name)
        for place in (places.trust, places.reports, places.roster.parent):
            if (Path(folder) / place.name).exists():  # a backup of an earlier version has none
                (Path(folder) / place.name).rename(place)
        (Path(folder) / "node.toml").rename(places.config)
        config = node_config.load(places.directory)
        dump = Path(folder) / _DUMP
        if config.database_url:
            _restore(config.database_url, dump)
        else:
            with running(Server(places)) as server:
                _restore(server.dsn(), dump)
    return party


def _unpack(source: Path, folder: Path) -> str:
    try:
        with tarfile.open(source) as archive:
            member = archive.extractfile(_MANIFEST)
            manifest = json.loads(member.read(_MOST_SMALL)) if member is not None else {}
            if manifest.get("format") != FORMAT:
                raise BackupError(f"{source}: found format {manifest.get('format')}; this version reads format {FORMAT}")
            wanted: dict[str, str] = manifest["sha256"]
            for name in wanted:
                archive.extract(name, folder, filter="data")
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise BackupError(f"{source}: this is no whole backup: {error}") from error
    for name, digest in wanted.items():
        found = _digest(folder / name)
        if found != digest:
            raise BackupError(f"{source}: {name} is damaged: found sha256 {found}, expected {digest}")
        (folder / name).chmod(0o600)
    return str(manifest["party"])


def _dump(connection: str, target: Path) -> None:
    with target.open("wb") as file:
        _tool("pg_dump", connection, ["--format=custom", "--no-owner"], output=file)


def _restore(connection: str, dump: Path) -> None:
    with dump.open("rb") as file:
        _tool("pg_restore", connection, ["--no-owner", "--exit-on-error", "--single-transaction"], source=file)


def _tool(
    name: str,
    connection: str,
    options: list[str],
    *,
    output: io.BufferedWriter | None = None,
    source: io.BufferedReader | None = None,
) -> None:
    # A password goes by the environment: everybody can read a command line.
    environment = dict(os.environ)
    url = urlsplit(connection)
    if url.password:
        environment["PGPASSWORD"] = url.password
        connection = connection.replace(f":{url.password}@", "@", 1)
    done = subprocess.run(
        [binaries() / name, *options, "--dbname", connection],
        stdin=source or subprocess.DEVNULL,
        stdout=output or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.decode(errors='replace').strip()}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(data), 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(info, io.BytesIO(data))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
