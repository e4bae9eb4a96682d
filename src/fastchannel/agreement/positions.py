"""Where in a text each key stands, and whether the text is small and shallow enough to be read at all.

``tomllib`` gives no lines. `bounds` runs before it and needs no grammar; `lines` runs after it has accepted the text, and
so may take the text to be right. Both look at each character once: a string that never ends is one token.
"""

from __future__ import annotations

import re

from fastchannel.agreement.mistakes import Path

MOST_BYTES = 256 * 1024
MOST_DEPTH = 12  # of brackets inside each other, and of names with dots between them
MOST_ENTRIES = 8_000

_TOKEN = re.compile(
    r"""
      (?P<long>\"\"\"(?:[^\\]|\\.)*?\"{3,5}|'''.*?'{3,5})
    | (?P<endless>\"\"\".*|'''.*)
    | (?P<short>"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*')
    | (?P<broken>["'][^\n]*)
    | (?P<comment>\#[^\n]*)
    | (?P<newline>\n)
    | (?P<mark>[\[\]{},=.])
    | (?P<space>[ \t\r]+)
    | (?P<bare>[^\s\[\]{},=.\#"']+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def bounds(text: str) -> tuple[int, str, str] | None:
    """The line, what was found and what was expected where a text is too deep or has too many entries; else None."""
    line, depth, dots, entries = 1, 0, 0, 0
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token[0]
        if kind == "mark":
            if value in "[{":
                depth += 1
            elif value in "]}":
                depth = max(depth - 1, 0)
            entries += value in "=,"
            dots = dots + 1 if value == "." else 0
            if depth > MOST_DEPTH:
                return line, f"brackets more than {MOST_DEPTH} deep", f"at most {MOST_DEPTH}"
            if dots > MOST_DEPTH:
                return line, f"a name of more than {MOST_DEPTH} parts", f"at most {MOST_DEPTH}"
            if entries > MOST_ENTRIES:
                return line, f"more than {MOST_ENTRIES} entries", f"at most {MOST_ENTRIES}"
        elif kind == "newline":
            line, dots = line + 1, 0
        elif kind == "long":
            line += value.count("\n")
    return None


class _Tokens:
    """The tokens that matter, with their lines; a value's own characters are skipped over."""

    def __init__(self, text: str) -> None:
        self.items: list[tuple[str, str, int]] = []
        line = 1
        for token in _TOKEN.finditer(text):
            kind, value = str(token.lastgroup), token[0]
            if kind not in ("comment", "space"):
                self.items.append((kind, value, line))
            line += value.count("\n")
        self.items.append(("newline", "\n", line))
        self.next = 0

    def peek(self) -> tuple[str, str, int]:
        return self.items[min(self.next, len(self.items) - 1)]

    def take(self) -> tuple[str, str, int]:
        token = self.peek()
        self.next += 1
        return token

    def ended(self) -> bool:
        return self.next >= len(self.items)

    def skip_newlines(self) -> None:
        while not self.ended() and self.peek()[0] == "newline":
            self.next += 1


def lines(text: str) -> dict[Path, int]:
    """The line of every table, key and entry of a list, by path. The text must be one that ``tomllib`` has accepted."""
    tokens = _Tokens(text)
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    while not tokens.ended():
        tokens.skip_newlines()
        if tokens.ended():
            break
        if tokens.peek()[1] == "[":
            table = _header(tokens, found, counts)
        else:
            _pair(tokens, table, found)
    return found


def _header(tokens: _Tokens, found: dict[Path, int], counts: dict[Path, int]) -> Path:
    line = tokens.take()[2]
    array = tokens.peek()[1] == "["
    if array:
        tokens.take()
    names = _key(tokens)
    while not tokens.ended() and tokens.peek()[1] == "]":
        tokens.take()
    path: Path = ()
    for position, name in enumerate(names):
        path = (*path, name)
        found.setdefault(path, line)
        if array and position == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
            found.setdefault(path, line)
    return path


def _key(tokens: _Tokens) -> list[str]:
    names: list[str] = []
    while not tokens.ended():
        kind, value, _ = tokens.peek()
        if kind in ("bare", "short"):
            names.append(_name(value))
        elif value != ".":
            break
        tokens.take()
    return names


def _name(value: str) -> str:
    if value[0] == "'":
        return value[1:-1]
    if value[0] == '"':
        # A key with an escape is rare, and its line is then its table's.
        return value[1:-1]
    return value


def _pair(tokens: _Tokens, table: Path, found: dict[Path, int]) -> None:
    line = tokens.peek()[2]
    path = table
    for name in _key(tokens):
        path = (*path, name)
        found.setdefault(path, line)
    tokens.take()  # the equals sign
    _value(tokens, path, found)


def _value(tokens: _Tokens, path: Path, found: dict[Path, int]) -> None:
    """Deep values are no danger: `bounds` has limited their depth."""
    opened = tokens.peek()[1]
    if opened == "[":
        tokens.take()
        _elements(tokens, path, found)
    elif opened == "{":
        tokens.take()
        _members(tokens, path, found)
    else:
        while not tokens.ended() and tokens.peek()[0] != "newline" and tokens.peek()[1] not in {",", "]", "}"}:
            tokens.take()


def _elements(tokens: _Tokens, path: Path, found: dict[Path, int]) -> None:
    index = 0
    while not tokens.ended():
        tokens.skip_newlines()
        _, value, line = tokens.peek()
        if value == "]":
            tokens.take()
            return
        if value == ",":
            tokens.take()
            index += 1
            continue
        found[*path, index] = line
        _value(tokens, (*path, index), found)


def _members(tokens: _Tokens, path: Path, found: dict[Path, int]) -> None:
    while not tokens.ended():
        tokens.skip_newlines()
        value = tokens.peek()[1]
        if value == "}":
            tokens.take()
            return
        if value == ",":
            tokens.take()
            continue
        _pair(tokens, path, found)


def line_of(path: Path, found: dict[Path, int]) -> int:
    """The line of a path; of the nearest thing around it where it has none itself."""
    while path not in found and path:
        path = path[:-1]
    return found.get(path, 1)
