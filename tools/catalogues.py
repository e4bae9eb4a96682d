"""Keeps the message catalogues: extract, update, compile and check, with Babel alone (no system gettext).

    python tools/catalogues.py extract    the template of all messages, to stdout
    python tools/catalogues.py update     merge the messages into every language's django.po
    python tools/catalogues.py compile    write django.mo beside every django.po
    python tools/catalogues.py check      list what is missing or wrong; exit 1 if anything is

The message in the code is the English text, so in `en` an empty translation means the message itself.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "fastchannel"
LOCALE = PACKAGE / "locale"
TEMPLATES = PACKAGE / "web" / "templates"
LANGUAGES = ("en", "zh_Hans", "ko")
SOURCE_LANGUAGE = "en"

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "N_": None,
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
COMMENT_TAGS = ("Translators:", "translators:")
PLACEHOLDER = re.compile(r"%\(\w+\)[-#0 +]*[\d.]*[a-zA-Z]?|%[\d.]*[sdifr](?![a-zA-Z])|\{\w*[^{}]*\}")

Key = tuple[str | None, str]


def singular(message: Message) -> str:
    """The msgid, or its singular where it has a plural."""
    return message.id if isinstance(message.id, str) else message.id[0]


def strings(message: Message) -> list[str]:
    """The translation in each of its plural forms; one form where there is no plural."""
    return [message.string or ""] if message.string is None or isinstance(message.string, str) else list(message.string)


def key(message: Message) -> Key:
    """What tells one message from another: its context and its msgid."""
    return message.context, singular(message)


def python_lines_of_template(path: Path) -> bytes:
    """A Django template as lines that a Python tokenizer accepts, its messages as calls on their own line numbers."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    # Everything else is blanked to X but the white space stays: as Python it would be broken indentation.
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).encode()


def sources(package: Path = PACKAGE, templates: Path = TEMPLATES) -> Iterator[tuple[Path, bytes]]:
    """Every file that may hold messages, with its text as Python."""
    for path in sorted(package.rglob("*.py")):
        yield path, path.read_bytes()
    for path in sorted(templates.rglob("*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            yield path, python_lines_of_template(path)


def extract_messages(files: Iterable[tuple[Path, bytes]] | None = None, root: Path = ROOT) -> Catalog:
    """All messages of the files (of the whole package if none are given)."""
    template = Catalog(domain="django", charset="utf-8")
    for path, source in files if files is not None else sources():
        found = extract("python", io.BytesIO(source), KEYWORDS, COMMENT_TAGS, {"encoding": "utf-8"})
        for _, text, comments, context in found:
            place = (path.relative_to(root).as_posix(), 1)
            template.add(text, locations=[place], auto_comments=comments, context=context)
    return template


def read(path: Path, language: str) -> Catalog:
    """One language's catalogue; an empty one where there is no file yet."""
    if not path.exists():
        return Catalog(locale=language, domain="django", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django", charset="utf-8", abort_invalid=True)


def render(catalog: Catalog, title: str) -> bytes:
    """The catalogue as text that depends on nothing but its messages: no dates, no line numbers, sorted."""
    headers = [
        *([f"Language: {catalog.locale_identifier}"] if catalog.locale_identifier else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        *([f"Plural-Forms: {catalog.plural_forms}"] if catalog.locale_identifier else []),
    ]
    lines = [f"# Fast Channel: {title}", 'msgid ""', 'msgstr ""', *(f'"{header}\\n"' for header in headers)]
    body = io.BytesIO()
    write_po(body, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return ("\n".join(lines) + "\n\n").encode() + body.getvalue().strip() + b"\n"


def merge(template: Catalog, existing: Catalog, language: str, *, keep_obsolete: bool) -> Catalog:
    """The template's messages with the translations that the existing catalogue has for exactly the same messages."""
    merged = Catalog(locale=language, domain="django", charset="utf-8")
    known = {key(message): message for message in [*existing.obsolete.values(), *existing] if message.id}
    for message in template:
        if not message.id:
            continue
        old = known.pop(key(message), None)
        same_shape = old is not None and isinstance(old.id, str) == isinstance(message.id, str)
        merged.add(
            message.id,
            old.string if old is not None and same_shape else None,
            locations=sorted(set(message.locations)),
            flags={*message.flags, *({"fuzzy"} if old is not None and old.fuzzy else ())},
            auto_comments=message.auto_comments,
            user_comments=old.user_comments if old is not None else (),
            context=message.context,
        )
    if keep_obsolete:
        for message in known.values():
            if any(strings(message)):
                message.locations = []
                merged.obsolete[merged._key_for(message.id, message.context)] = message  # noqa: SLF001 (as Babel's own update does)
    return merged


def catalogue_path(language: str, locale: Path = LOCALE) -> Path:
    """Where a language's catalogue lies."""
    return locale / language / "LC_MESSAGES" / "django.po"


def compile_catalogues(locale: Path = LOCALE) -> int:
    """Writes a `.mo` beside every `.po` under the folder; returns how many."""
    count = 0
    for path in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        compiled = io.BytesIO()
        write_mo(compiled, read(path, path.parent.parent.name))
        path.with_suffix(".mo").write_bytes(compiled.getvalue())
        count += 1
    return count


def placeholders(text: str) -> set[str]:
    """The placeholders of a message (`%%` is none); a language may need one twice where another does not."""
    return {match.group() for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def faults_of_translation(message: Message, language: str) -> Iterator[str]:
    """What is wrong with one translation."""
    forms = strings(message)
    if language == SOURCE_LANGUAGE and not any(forms):
        return
    if message.fuzzy:
        yield "fuzzy"
    if not all(forms):
        yield "not translated"
        return
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = [placeholders(text) for text in ids]
    for form in forms:
        if placeholders(form) not in allowed:
            wanted = sorted(allowed[-1])
            yield f"placeholders differ: found {sorted(placeholders(form))}, expected {wanted}"


def check(template: Catalog, locale: Path = LOCALE, languages: Iterable[str] = LANGUAGES) -> list[str]:
    """Every fault of every language's catalogue, one line each."""
    wanted = {key(message): message for message in template if message.id}
    faults: list[str] = []
    for language in languages:
        catalog = read(catalogue_path(language, locale), language)
        present = {key(message): message for message in catalog if message.id}
        obsolete = [key(message) for message in catalog.obsolete.values()]
        faults += [f"{language}: missing: {text!r}" for _, text in wanted.keys() - present.keys()]
        faults += [f"{language}: obsolete: {text!r}" for _, text in [*(present.keys() - wanted.keys()), *obsolete]]
        for message_key in present.keys() & wanted.keys():
            message = present[message_key]
            if isinstance(message.id, str) != isinstance(wanted[message_key].id, str):
                faults.append(f"{language}: plural differs from the code: {singular(message)!r}")
                continue
            faults += [f"{language}: {fault}: {singular(message)!r}" for fault in faults_of_translation(message, language)]
    return sorted(faults)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    parser = argparse.ArgumentParser(description="Keeps the message catalogues.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("extract", help="print the template of all messages")
    update = commands.add_parser("update", help="merge the messages into every language's django.po")
    update.add_argument("--drop-obsolete", action="store_true", help="forget translations that no message uses")
    commands.add_parser("compile", help="write django.mo beside every django.po")
    commands.add_parser("check", help="list what is missing or wrong; exit 1 if anything is")
    options = parser.parse_args(arguments)

    if options.command == "compile":
        print(f"{compile_catalogues()} catalogues compiled", file=sys.stderr)
        return 0
    template = extract_messages()
    if options.command == "extract":
        sys.stdout.buffer.write(render(template, "template of all messages"))
    elif options.command == "update":
        for language in LANGUAGES:
            path = catalogue_path(language)
            merged = merge(template, read(path, language), language, keep_obsolete=not options.drop_obsolete)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(render(merged, f"{language} catalogue"))
        print(f"{len(template)} messages in {len(LANGUAGES)} languages", file=sys.stderr)
    else:
        faults = check(template)
        for fault in faults:
            print(fault)
        print(f"{len(template)} messages in {len(LANGUAGES)} languages, {len(faults)} faults", file=sys.stderr)
        return 1 if faults else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
