"""Cuts Noto Sans CJK into web fonts that a phone loads a little of: ``python tools/fonts.py``.

The whole font is 19 MB. The pages need the characters of their own text at once, in one slice for each face, and now and then
another common character (a name, a hotel), which comes in a slice of its neighbours: the browser loads a slice only where a
page shows a character of it and the machine has no such font itself. The languages' own names, which every page shows, are a
slice of a few glyphs. Simplified Chinese and Korean are two faces: the same code point is drawn differently in them.

Needs the packages fonttools, brotli and noto-cjk-sans-otc. Without them nothing is written, and the pages use the machine's
own fonts.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "fastchannel"
FONTS = PACKAGE / "web" / "static" / "web" / "fonts"
SHEET = "fonts.css"
STAMP = "stamp.json"
LICENCE = "OFL.txt"
DISTRIBUTION = "noto-cjk-sans-otc"
TEXTS = ("*.po", "*.toml", "*.csv", "*.json", "*.py", "*.html")
IN_A_SLICE = 320
# What makes a font of the same characters another font: raise it when the cutting changes.
CUT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face: its PostScript name in the collection, what CSS calls it, and which characters it is for.

    ``local`` are names that such a face may have on the reader's machine; ``language`` is the language's name for itself.
    """

    name: str
    family: str
    local: tuple[str, ...]
    script: str  # a character class
    codec: str
    rows: range  # of the double-byte set ``codec``: the common characters
    punctuation: str = ""
    language: str


FACES = (
    Face(
        name="NotoSansCJKsc-Regular",
        family="Fast Channel SC",
        local=(
            "Noto Sans CJK SC",
            "NotoSansCJKsc-Regular",
            "Noto Sans SC",
            "Source Han Sans SC",
            "HarmonyOS Sans SC",
            "MiSans",
        ),
        script="[\u3400-\u9fff]",
        codec="gb2312",
        rows=range(0xB0, 0xF8),  # 6,763 characters
        punctuation="".join(map(chr, (*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F)))),
        language="简体中文",
    ),
    Face(
        name="NotoSansCJKkr-Regular",
        family="Fast Channel KR",
        local=("Noto Sans CJK KR", "NotoSansCJKkr-Regular", "Noto Sans KR", "Source Han Sans K"),
        script="[\u3131-\u318e\uac00-\ud7a3]",
        codec="euc_kr",  # KS X 1001
        rows=range(0xB0, 0xC9),  # 2,350 syllables
        language="한국어",
    ),
)


def double_bytes(codec: str, rows: Iterable[int]) -> list[str]:
    """The characters in these rows of a double-byte set, in its order."""
    cells = (bytes((row, cell)).decode(codec, errors="ignore") for row in rows for cell in range(0xA1, 0xFF))
    return [character for character in cells if character]


def own_characters(face: Face, package: Path = PACKAGE) -> set[str]:
    """The characters of the face's script in the package's own texts: catalogues, agreements, words in the code."""
    found = set(face.punctuation)
    script = re.compile(face.script)
    for pattern in TEXTS:
        for path in package.rglob(pattern):
            found.update(script.findall(path.read_text(encoding="utf-8")))
    return found


def slices(face: Face, own: set[str]) -> list[str]:
    """The common characters that the package's texts lack, some hundred to a slice; its own; the language's name.

    In the order of code points, so that a slice needs no more than its first and last to say what it is for: where two
    rules claim a character, the later rule has it.
    """
    rest = sorted(set(double_bytes(face.codec, face.rows)) - own - set(face.language))
    cut = ["".join(rest[start : start + IN_A_SLICE]) for start in range(0, len(rest), IN_A_SLICE)]
    return [*cut, "".join(sorted(own - set(face.language))), face.language]


def ranges(text: str) -> str:
    """The text's characters as CSS writes a ``unicode-range``."""
    runs: list[tuple[int, int]] = []
    for point in sorted(map(ord, text)):
        if runs and runs[-1][1] == point - 1:
            runs[-1] = (runs[-1][0], point)
        else:
            runs.append((point, point))
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in runs)


def cut_face(face: Face, parts: list[str], collection: Path, into: Path) -> list[str]:
    """Write the face's slices as WOFF2, named by their content; returns their names in the order of ``parts``."""
    fonts: Any = importlib.import_module("fontTools.ttLib")
    whole = next(
        font for font in fonts.TTCollection(str(collection), lazy=True).fonts if font["name"].getDebugName(6) == face.name
    )
    common = _subset(whole, "".join(parts), flavour=None)  # once for the 65,535 glyphs, so that each slice reads few
    names = []
    for text in parts:
        data = _subset(fonts.TTFont(io.BytesIO(common), lazy=True), text, flavour="woff2")
        names.append(f"{face.family.rsplit(maxsplit=1)[1].lower()}-{hashlib.sha256(data).hexdigest()[:12]}.woff2")
        (into / names[-1]).write_bytes(data)
    return names


def _subset(font: Any, text: str, *, flavour: str | None) -> bytes:
    subset: Any = importlib.import_module("fontTools.subset")
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14],
        drop_tables=["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"],
    )  # fmt: skip
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    font.flavor = flavour
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def sheet(cut: Iterable[tuple[Face, list[str], list[str]]]) -> str:
    """The style sheet that names every slice. The machine's own face is asked for first."""
    rules = ["/* Noto Sans CJK, under the SIL Open Font License (OFL.txt), cut by tools/fonts.py. */"]
    for face, parts, names in cut:
        local = ",".join(f'local("{name}")' for name in face.local)
        claims = [f"U+{ord(text[0]):X}-{ord(text[-1]):X}" for text in parts[:-2]] + [ranges(text) for text in parts[-2:]]
        rules += [
            f'@font-face{{font-family:"{face.family}";font-display:swap;src:{local},url("{name}") format("woff2");'
            f"unicode-range:{claim}}}"
            for claim, name in zip(claims, names, strict=True)
        ]
    return "\n".join(rules) + "\n"


def source() -> tuple[Path, str, str] | None:
    """The collection of faces, the version of its package and its licence; None where a package is missing."""
    try:
        found: Any = importlib.import_module("noto_cjk_sans_otc")
        for needed in ("fontTools.subset", "brotli"):
            importlib.import_module(needed)
    except ImportError:
        return None
    distribution = metadata.distribution(DISTRIBUTION)
    licence = next(path for path in distribution.files or () if path.name.startswith("LICENSE"))
    return Path(str(found.FONT_PATH)), distribution.version, Path(str(licence.locate())).read_text(encoding="utf-8")


def write(into: Path = FONTS) -> bool:
    """Write the web fonts where they are missing or no longer fit the texts; False where a package for it is missing."""
    found = source()
    if found is None:
        return False
    collection, version, licence = found
    parts = [slices(face, own_characters(face)) for face in FACES]
    asked = {"font": version, "cut": CUT, "slices": hashlib.sha256(repr((FACES, parts)).encode()).hexdigest()}
    stamp = into / STAMP
    if stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == asked:
        return True
    into.mkdir(parents=True, exist_ok=True)
    for old in _written(into):
        old.unlink()
    with ProcessPoolExecutor(len(FACES)) as pool:
        names = list(pool.map(cut_face, FACES, parts, [collection] * len(FACES), [into] * len(FACES)))
    (into / SHEET).write_text(sheet(zip(FACES, parts, names, strict=True)), encoding="utf-8")
    (into / LICENCE).write_text(licence, encoding="utf-8")
    stamp.write_text(json.dumps(asked), encoding="utf-8")  # last, so that an interrupted run is begun anew
    return True


def _written(into: Path) -> Iterator[Path]:
    yield from into.glob("*.woff2")
    yield from (path for path in (into / SHEET, into / STAMP, into / LICENCE) if path.exists())


def main() -> int:
    """Write, and say how large."""
    if not write():
        print(f"No web fonts were written: install fonttools, brotli and {DISTRIBUTION}.", file=sys.stderr)
        return 1
    for path in sorted(_written(FONTS)):
        print(f"{path.name} {path.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
