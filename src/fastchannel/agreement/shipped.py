"""The agreements that come with the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastchannel.agreement.agreement import Versions
from fastchannel.agreement.load import load_all


@cache
def shipped() -> dict[str, Versions]:
    """The shipped agreements by identifier, each with its versions in order."""
    texts: dict[str, bytes] = {}
    for folder in sorted((files("fastchannel") / "library" / "agreements").iterdir(), key=lambda entry: entry.name):
        if folder.is_dir():
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if entry.name.endswith(".toml"):
                    texts[f"{folder.name}/{entry.name}"] = entry.read_bytes()
    return load_all(texts)
