"""The files that a command reads and writes: bounded, whole or not at all, and with the command's own error."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from fastchannel.terms.errors import FastChannelError


def read_file(path: Path, fault: type[FastChannelError], most: int | None = None) -> bytes:
    """What is in the file, of at most ``most`` bytes. Raises ``fault``."""
    try:
        with path.open("rb") as file:
            found = file.read() if most is None else file.read(most + 1)
    except OSError as error:
        raise fault(f"{path}: cannot be read: {error.strerror or error}") from error
    if most is not None and len(found) > most:
        raise fault(f"{path}: found more than {most} bytes")
    return found


def write_file(path: Path, raw: bytes, fault: type[FastChannelError]) -> None:
    """Whole or not at all: another may be reading it, and a list cut off would set free what was revoked. Raises ``fault``."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise fault(f"{path}: cannot be written: {error.strerror or error}") from error
