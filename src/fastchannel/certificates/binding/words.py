"""Reasons and verdicts in words, for the officer who decides. Codes are stable; sentences are translated."""

from __future__ import annotations

from collections.abc import Mapping

from fastchannel.certificates.binding.match import Match, Reason, Verdict
from fastchannel.certificates.binding.weights import Code
from fastchannel.terms.language import N_, translate

VERDICTS: Mapping[Verdict, str] = {
    Verdict.MATCH: N_("The certificate is the passport holder's."),
    Verdict.DOUBT: N_("It is not sure that the certificate is the passport holder's: an officer must compare them."),
    Verdict.MISMATCH: N_("The certificate appears to be another person's: an officer must decide."),
}

CODES: Mapping[Code, str] = {
    Code.NAME_EQUAL: N_("The names are the same."),
    Code.NAME_SPACING: N_("The same letters, divided in another way."),
    Code.NAME_TRANSLITERATION: N_("The same name, its special letters written in another way."),
    Code.NAME_PARTICLE: N_("The same name but for a particle, such as van, de or bin."),
    Code.NAME_ORDER: N_("The parts of the name stand in another order."),
    Code.NAME_TRUNCATED: N_("The passport cuts the name short."),
    Code.NAME_SINGLE: N_("One of them does not divide the name into family and given name."),
    Code.NAME_ROMANISATION: N_("It may be the same name in another romanisation."),
    Code.NAME_DIALECT: N_("It may be the same Chinese characters, read in another dialect."),
    Code.NAME_MIDDLE_MISSING: N_("One of them lacks a middle name."),
    Code.NAME_PART_MISSING: N_("One of them lacks a part of the family name."),
    Code.NAME_INITIAL: N_("One of them has an initial only."),
    Code.NAME_SYLLABLE_MISSING: N_("One of them lacks a syllable of the name, so it may be another name."),
    Code.NAME_MISSING: N_("One of them lacks the family name or the given name."),
    Code.NAME_SCRIPT: N_("The name is in a script that cannot be compared here."),
    Code.NAME_TYPING: N_("The names differ as if by a typing error."),
    Code.NAME_PART_DIFFERS: N_("A part of the name differs."),
    Code.NAME_DIFFERS: N_("The names differ."),
    Code.BIRTH_EQUAL: N_("The dates of birth are the same."),
    Code.BIRTH_PARTIAL: N_("Year and month of birth agree; the day is not known."),
    Code.BIRTH_YEAR_ONLY: N_("Only the year of birth can be compared, and it agrees."),
    Code.BIRTH_MISSING: N_("The dates of birth cannot be compared."),
    Code.BIRTH_SWAPPED: N_("Day and month of birth are swapped."),
    Code.BIRTH_TYPING: N_("The dates of birth differ as if by a typing error."),
    Code.BIRTH_DIFFERS: N_("The dates of birth differ."),
    Code.DOCUMENT_EQUAL: N_("The certificate names this passport's number."),
    Code.DOCUMENT_DIFFERS: N_("The certificate names another passport's number."),
}


PARTS: Mapping[str, str] = {"family": N_("Family name"), "given": N_("Given name")}  # the others are named by their sentence


def say(match: Match, language: str = "en") -> str:
    """The verdict as a sentence."""
    return translate(VERDICTS[match.verdict], language)


def say_reason(reason: Reason, language: str = "en") -> str:
    """What was found, with what the certificate and the passport say where they differ."""
    text = translate(CODES[reason.code], language)
    if reason.part in PARTS:
        text = f"{translate(PARTS[reason.part], language)}: {text}"
    if reason.certified == reason.passport:
        return text
    return f"{text} ({reason.certified or '–'} / {reason.passport or '–'})"
