"""Passports and certified names for the tests of binding."""

from __future__ import annotations

from datetime import date

from fastchannel.certificates.binding.match import Match, bind
from fastchannel.certificates.evidence import CertifiedPerson
from fastchannel.certificates.mrz.mrz import Mrz

BORN = "1980-05-12"


def passport(family: str, given: str = "", *, birth: str = BORN, number: str = "M12345678", truncated: bool = False) -> Mrz:
    """A passport's zone."""
    return Mrz(
        format="TD3", kind="P", state="UTO", family=family, given=given, number=number, nationality="UTO", birth=birth, sex="",
        expires=date(2030, 1, 1), optional=("",), truncated=truncated,
    )  # fmt: skip


def certified(family: str = "", given: str = "", full: str = "", *, birth: str = BORN, document: str = "") -> CertifiedPerson:
    """A name as certified."""
    return CertifiedPerson(family=family, given=given, full=full, birth=birth, document=document)


def bound(named: tuple[str, ...], zone: tuple[str, ...]) -> Match:
    """The match of two names with the same date of birth. A certified name in one string is a tuple of one."""
    one = certified(full=named[0]) if len(named) == 1 else certified(*named)
    return bind(one, passport(*zone))


def codes(match: Match) -> set[str]:
    """The codes that weigh anything."""
    return {str(reason.code) for reason in match.reasons if reason.weight}
