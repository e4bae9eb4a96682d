"""The agreements that come with the package, and the texts that triggers are replayed with."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastchannel.agreement.agreement import Versions
from fastchannel.agreement.load import load_all


@cache
def shipped() -> dict[str, Versions]:
    """The shipped agreements by identifier, each with its versions in order."""
    return _texts("agreements")


@cache
def shipped_triggers() -> dict[str, Versions]:
    """The shipped texts to replay triggers with. Of other terms they say only what triggers need: no node adopts one."""
    return _texts("triggers")


def _texts(library: str) -> dict[str, Versions]:
    texts: dict[str, bytes] = {}
    for folder in sorted((files("fastchannel") / "library" / library).iterdir(), key=lambda entry: entry.name):
        if folder.is_dir():
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if entry.name.endswith(".toml"):
                    texts[f"{folder.name}/{entry.name}"] = entry.read_bytes()
    return load_all(texts)
