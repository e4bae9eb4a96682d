"""Files that a text names: only those beside the text, or in a folder under it."""

from __future__ import annotations

from pathlib import Path

from fastchannel.forecast.reading.texts import Part


def file_beside(part: Part, key: str = "file") -> Path | None:
    """The path of a file that a text names; None, with the mistake noted, where there is none."""
    name = part.words(key)
    if part.text.folder is None:
        part.wrong(key, "no file: this text stands alone")
        return None
    path = path_beside(part.text.folder, name)
    if path is None:
        part.wrong(key, "a file that is there, beside the text or in a folder under it")
    return path


def path_beside(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder or under it, if it is there."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None
