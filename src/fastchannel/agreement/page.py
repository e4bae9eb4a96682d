"""A page of explanations: sections of sentences, each with the clause it rests on, and its forms as text and Markdown."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from fastchannel.terms.language import N_, translate

WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One thing the agreement says.

    ``subject`` is the title of the measure it belongs to, ``measure`` its identifier and ``field`` the measure's field that it
    speaks of; they are empty where it belongs to none.
    """

    text: str
    clause: str = ""
    subject: str = ""
    measure: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``id`` is stable across languages, for links."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]

    def by_subject(self) -> Iterator[Subject]:
        """The sentences in order, gathered by subject."""
        for (title, _), group in groupby(self.sentences, lambda sentence: (sentence.subject, sentence.measure)):
            sentences = tuple(group)
            shared = bool(title) and sentences[0].clause
            yield Subject(title=title, clause=sentences[0].clause if shared else "", sentences=sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Sentences on one measure. Its clause is cited with the title, and only other clauses with the sentences."""

    title: str
    clause: str
    sentences: tuple[Sentence, ...]

    def cited(self, sentence: Sentence) -> str:
        """The clause to cite with a sentence."""
        return "" if self.clause and sentence.clause == self.clause else sentence.clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Plain strings throughout, none of them markup: a template that escapes them is safe."""

    title: str
    language: str
    lead: tuple[Sentence, ...]
    sections: tuple[Section, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of the page in order."""
        return (*self.lead, *(sentence for section in self.sections for sentence in section.sentences))

    def clause(self, clause: str) -> str:
        """A clause as it is cited on the page."""
        return translate(N_("clause {clause}"), self.language, clause=clause) if clause else ""

    def plain(self) -> str:
        """The page as plain text."""
        lines = [self.title, "=" * _columns(self.title), ""]
        lines += [_wrapped(self._plain(sentence.text, sentence.clause), "") for sentence in self.lead]
        for section in self.sections:
            lines += ["", section.title, "-" * _columns(section.title)]
            for subject in section.by_subject():
                lines += [f"* {self._plain(subject.title, subject.clause)}"] if subject.title else []
                indent = "    " if subject.title else "  "
                lines += [_wrapped(self._plain(item.text, subject.cited(item)), indent) for item in subject.sentences]
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """The page as Markdown; what the text says is escaped, so that it cannot become a link or markup."""
        lines = [f"# {_escaped(self.title)}", ""]
        lines += [f"- {self._marked(sentence.text, sentence.clause)}" for sentence in self.lead]
        for section in self.sections:
            lines += ["", f"## {_escaped(section.title)}", ""]
            for subject in section.by_subject():
                lines += [f"- **{_escaped(subject.title)}**{self._marked('', subject.clause)}"] if subject.title else []
                indent = "  " if subject.title else ""
                lines += [f"{indent}- {self._marked(item.text, subject.cited(item))}" for item in subject.sentences]
        return "\n".join(lines) + "\n"

    def _plain(self, text: str, clause: str) -> str:
        return f"{text} [{self.clause(clause)}]" if clause else text

    def _marked(self, text: str, clause: str) -> str:
        return f"{_escaped(text)} *({_escaped(self.clause(clause))})*" if clause else _escaped(text)


def _escaped(text: str) -> str:
    escaped = re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", text)
    return " ".join(escaped.split())


def _columns(text: str) -> int:
    """How wide a line is on a terminal, where Chinese and Korean characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _wrapped(text: str, indent: str) -> str:
    # Chinese has no spaces to break at and a terminal breaks it well enough by itself.
    if _columns(text) != len(text):
        return indent + text
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  " * bool(indent))
