"""Whose a certificate is: compared with the passport's zone, which must be that of the journey's traveller."""

from __future__ import annotations

import re

from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.ports import Person
from fastchannel.certificates.binding.match import Match, bind
from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.terms.language import N_

_WHOLE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def compare(evidence: Evidence, passport: Mrz | None) -> Match | None:
    """How the certificate's person and the passport's holder agree; None where there is no passport to compare with."""
    return None if passport is None else bind(evidence.person, passport)


def confirm_passport(passport: Mrz, person: Person | None) -> None:
    """The zone is of the passport that the traveller travels on. Raises InvalidEntryError where it is not.

    A date of birth that one of them does not know in full is not compared.
    """
    if person is None:
        raise InvalidEntryError("zone", N_("Who the traveller is has been erased, so nothing can be compared."))
    if _plain(passport.number) != _plain(person.passport):
        raise InvalidEntryError(
            "zone",
            N_("The zone is of another passport: found {found}, and the application names {expected}."),
            found=passport.number,
            expected=person.passport,
        )
    born = person.birth_date.isoformat() if person.birth_date is not None else ""
    if born and _WHOLE.fullmatch(passport.birth) and passport.birth != born:
        raise InvalidEntryError(
            "zone",
            N_("The zone says born {found}, and the application {expected}: correct who the traveller is first."),
            found=passport.birth,
            expected=born,
        )


def _plain(number: str) -> str:
    return "".join(one for one in number.upper() if one.isascii() and one.isalnum())
