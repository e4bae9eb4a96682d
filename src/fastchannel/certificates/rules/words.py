"""What a rule said, in words: its outcome, what decided it, field by field, and when it becomes met."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, tzinfo

from fastchannel.agreement.phrases import ANCHORS, SPANS
from fastchannel.agreement.vocabulary import ASSAYS, FINDINGS
from fastchannel.certificates.formats import dcc
from fastchannel.certificates.rules.applicable import ENGINE, SCHEMA
from fastchannel.certificates.rules.judge import CONSTANT, Judged, Outcome
from fastchannel.certificates.rules.tracing import COUNTED, GIVEN, Step
from fastchannel.certificates.words import AGENTS
from fastchannel.terms.language import N_, translate
from fastchannel.terms.moments import Unit

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.MET: N_("met"),
    Outcome.NOT_MET: N_("not met"),
    Outcome.CANNOT_TELL: N_("cannot tell"),
}
# Fields by path, with # for the place in an array.
FIELDS: Mapping[str, str] = {
    "payload.dob": N_("date of birth"),
    "payload.nam": N_("name"),
    "payload.ver": N_("version of the certificate's format"),
    "payload.v": N_("vaccination"),
    "payload.v.#": N_("vaccination"),
    "payload.v.#.tg": N_("disease"),
    "payload.v.#.vp": N_("type of vaccine"),
    "payload.v.#.mp": N_("vaccine"),
    "payload.v.#.ma": N_("manufacturer of the vaccine"),
    "payload.v.#.dn": N_("dose number"),
    "payload.v.#.sd": N_("doses of the series"),
    "payload.v.#.dt": N_("date of vaccination"),
    "payload.v.#.co": N_("country of vaccination"),
    "payload.v.#.is": N_("issuer of the certificate"),
    "payload.v.#.ci": N_("identifier of the certificate"),
    "payload.t": N_("test"),
    "payload.t.#": N_("test"),
    "payload.t.#.tg": N_("disease"),
    "payload.t.#.tt": N_("kind of test"),
    "payload.t.#.nm": N_("name of the test"),
    "payload.t.#.ma": N_("test device"),
    "payload.t.#.sc": N_("time of sampling"),
    "payload.t.#.tr": N_("test result"),
    "payload.t.#.tc": N_("testing centre"),
    "payload.t.#.co": N_("country of the test"),
    "payload.t.#.is": N_("issuer of the certificate"),
    "payload.t.#.ci": N_("identifier of the certificate"),
    "payload.t.#.assay": N_("kind of test"),
    "payload.t.#.sampled": N_("time of sampling"),
    "payload.t.#.laboratory": N_("laboratory"),
    "payload.t.#.finding": N_("test result"),
    "payload.r": N_("recovery"),
    "payload.r.#": N_("recovery"),
    "payload.r.#.tg": N_("disease"),
    "payload.r.#.fr": N_("date of the first positive test"),
    "payload.r.#.df": N_("start of validity"),
    "payload.r.#.du": N_("end of validity"),
    "payload.r.#.co": N_("country of the test"),
    "payload.r.#.is": N_("issuer of the certificate"),
    "payload.r.#.ci": N_("identifier of the certificate"),
    "payload.d": N_("document"),
    "payload.d.#": N_("document"),
    "payload.d.#.document": N_("kind of document"),
    "payload.d.#.issuer": N_("issuer of the document"),
    "payload.d.#.issued": N_("time of issue"),
    "payload.d.#.expires": N_("end of validity"),
    "payload.d.#.bound": N_("proof that it names this traveller"),
    "payload.d.#.accepted": N_("an officer's acceptance"),
    "external.validationClock": N_("time of checking"),
    "external.countryCode": N_("country of arrival"),
    "external.issuerCountryCode": N_("country of issue"),
    "external.region": N_("region of arrival"),
    "external.kid": N_("issuer's key"),
    "external.iat": N_("time of issue"),
    "external.exp": N_("end of validity"),
    **{f"external.{anchor}": words for anchor, words in ANCHORS.items()},
    f"{COUNTED}payload.v": N_("vaccinations that count"),
    f"{COUNTED}payload.t": N_("tests that count"),
    f"{COUNTED}payload.r": N_("recoveries that count"),
    f"{COUNTED}payload.d": N_("documents that count"),
}
_BEFORE, _AFTER = N_("{first} is before {second}"), N_("{first} is after {second}")
_NOT_BEFORE, _NOT_AFTER = N_("{first} is not before {second}"), N_("{first} is not after {second}")
_LESS, _MORE = N_("{first} is less than {second}"), N_("{first} is more than {second}")
_AT_LEAST, _AT_MOST = N_("{first} is at least {second}"), N_("{first} is at most {second}")
# What is so where a comparison holds, and where it does not.
RELATIONS: Mapping[str, tuple[str, str]] = {
    "before": (_BEFORE, _NOT_BEFORE),
    "after": (_AFTER, _NOT_AFTER),
    "not-before": (_NOT_BEFORE, _BEFORE),
    "not-after": (_NOT_AFTER, _AFTER),
    "<": (_LESS, _AT_LEAST),
    ">": (_MORE, _AT_MOST),
    "<=": (_AT_MOST, _MORE),
    ">=": (_AT_LEAST, _LESS),
    "===": (N_("{first} is the same as {second}"), N_("{first} is other than {second}")),
    "in": (N_("{first} is on the list {second}"), N_("{first} is not on the list {second}")),
}
_SHIFTED = re.compile(r"(.+) ([+-])(\d{1,7}) (year|month|day|hour)")
_UNITS: Mapping[str, tuple[str, str]] = {
    "hour": SPANS[Unit.HOUR],
    "day": SPANS[Unit.DAY],
    "month": (N_("{n} month"), N_("{n} months")),
    "year": (N_("{n} year"), N_("{n} years")),
}
_ROOTS = ("payload.", "external.", COUNTED)
_CODES: Mapping[str, str] = {
    **AGENTS,
    **{code: ASSAYS[assay] for code, word in dcc.ASSAYS.items() for assay in ASSAYS if assay == word},
    **{code: FINDINGS[finding] for code, word in dcc.FINDINGS.items() for finding in FINDINGS if finding == word},
    **{str(assay): words for assay, words in ASSAYS.items()},
    **{str(finding): words for finding, words in FINDINGS.items()},
}


def outcome_words(outcome: Outcome, language: str = "en") -> str:
    """An outcome in a word."""
    return translate(OUTCOMES[outcome], language)


def reasons(judged: Judged, language: str = "en", zone: tzinfo = UTC) -> list[str]:
    """What decided, a line each, and last when the rule becomes met; times in ``zone``.

    That a field is there is told only where nothing else is.
    """
    told = [step for step in judged.trace if not (step.operator == GIVEN and step.held)] or judged.trace
    lines = [step_words(step, language, zone) for step in told]
    if judged.fault and not lines:
        lines.append(translate(N_("the rule has no answer: {fault}"), language, fault=judged.fault))
    if judged.becomes_met is not None:
        lines.append(translate(N_("becomes met on {time}"), language, time=moment_words(judged.becomes_met, zone)))
    return lines


def step_words(step: Step, language: str = "en", zone: tzinfo = UTC) -> str:
    """One comparison as what is so."""
    if step.operator == CONSTANT:
        return translate(N_("the rule says so of every certificate"), language)
    if step.operator in {ENGINE, SCHEMA}:
        said = N_("the rule is for {needed}, which is not here: here is {found}")
        if step.operator == SCHEMA:
            said = N_("the rule is for certificates of version {needed}; this one has {found}")
        return translate(said, language, needed=step.fields[0], found=step.found[0])
    sides = [_side(field, found, language, zone) for field, found in zip(step.fields, step.found, strict=True)]
    if step.operator == GIVEN:
        said = {True: N_("{first} is given"), False: N_("{first} is missing"), None: N_("{first} cannot be read")}[step.held]
        return translate(said, language, first=field_words(step.fields[0], language))
    if len(sides) > 2:
        said = N_("the order is kept: {items}") if step.held else N_("the order is not kept: {items}")
        return translate(said, language, items=", ".join(sides))
    message = N_("{first} cannot be compared with {second}")
    if step.held is not None:
        message = RELATIONS[step.operator][0 if step.held else 1]
    return translate(message, language, first=sides[0], second=sides[1])


def field_words(name: str, language: str = "en") -> str:
    """A field's name, moved by a span where it is; a field that we have no word for by its path."""
    moved = _SHIFTED.fullmatch(name)
    if moved is not None:
        field, sign, amount, unit = moved.groups()
        span = translate(_UNITS[unit][0 if int(amount) == 1 else 1], language, n=int(amount))
        message = N_("{field} plus {span}") if sign == "+" else N_("{field} less {span}")
        return translate(message, language, field=field_words(field, language), span=span)
    steps = name.split(".")
    text = FIELDS.get(".".join("#" if step.isdecimal() else step for step in steps))
    if text is None:
        return name
    entry = next((int(step) for step in steps if step.isdecimal() and len(step) < 9), 0)
    words = translate(text, language)
    return translate(N_("{field} (entry {number})"), language, field=words, number=entry + 1) if entry else words


def value_words(value: str, language: str = "en", zone: tzinfo = UTC) -> str:
    """A value: dates as dates, the codes that we know in words, several by commas."""
    if ", " in value:
        return ", ".join(value_words(one, language, zone) for one in value.split(", "))
    if value in _CODES:
        return translate(_CODES[value], language)
    try:
        return moment_words(datetime.fromisoformat(value), zone) if "T" in value else value
    except ValueError:
        return value


def moment_words(moment: datetime, zone: tzinfo = UTC) -> str:
    """An instant; one at midnight in UTC is what a date became."""
    if moment.tzinfo is None:
        return f"{moment:%Y-%m-%d %H:%M}"
    try:
        if moment.astimezone(UTC).time() == time():
            return f"{moment.astimezone(UTC):%Y-%m-%d}"
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %z}"
    except OverflowError:  # at the ends of the calendar
        return moment.isoformat()


def _side(field: str, found: str, language: str, zone: tzinfo) -> str:
    if not field.startswith(_ROOTS):
        return value_words(found, language, zone)
    if field.startswith("external.valueSets."):
        return field.removeprefix("external.valueSets.")
    words = field_words(field, language)
    if not found:
        return translate(N_("{field} (missing)"), language, field=words)
    return translate(N_("{field} ({value})"), language, field=words, value=value_words(found, language, zone))
