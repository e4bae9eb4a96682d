"""The one evidence model that every format yields, and that a paper result typed in by a laboratory yields too."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Format(StrEnum):
    """Where evidence comes from: a format of certificates, or a laboratory's paper."""

    EU_DCC = "eu-dcc"
    WHO_DDCC = "who-ddcc"
    WHO_DVC = "who-dvc"  # digital vaccination certificate under the Global Digital Health Certification Network
    SMART_HEALTH_CARD = "smart-health-card"
    ICAO_VDS_NC = "icao-vds-nc"
    DIVOC = "divoc"
    CROSSING = "pass"
    PAPER = "paper"


class Use(StrEnum):
    """What a key may sign."""

    TEST = "test"
    VACCINATION = "vaccination"
    RECOVERY = "recovery"
    CROSSING = "pass"


class CertifiedPerson(Struct, frozen=True, kw_only=True):
    """The person as certified. Nothing is normalised: `binding` compares it with a passport.

    ``full`` is the name where the format has one string and does not say which part is the family name. ``family_mrz`` and
    ``given_mrz`` are as transliterated by the issuer. ``birth`` is a date as certified, which may be partial (``1980``,
    ``1980-05``, ``1980-XX-XX``) or empty.
    """

    family: str = ""
    given: str = ""
    family_mrz: str = ""
    given_mrz: str = ""
    full: str = ""
    birth: str = ""
    sex: str = ""
    nationality: str = ""
    document: str = ""  # the passport's number, where the certificate names it


class AssayResult(Struct, frozen=True, kw_only=True, tag_field="event", tag="test"):
    """A test and its finding. ``kind`` is a word of `terms.events.Assay` where the code says which, else the code itself."""

    agent: str
    kind: str
    finding: str  # a word of `terms.events.Finding`, or the code as certified where unknown
    sampled: datetime | None  # None where the certificate gives no time that can be read
    sampled_text: str = ""  # as certified
    reported: str = ""
    name: str = ""
    manufacturer: str = ""
    laboratory: str = ""
    country: str = ""


class Vaccinated(Struct, frozen=True, kw_only=True, tag_field="event", tag="vaccination"):
    """A dose. ``dose`` and ``doses`` are as certified; None where the format does not count."""

    agent: str
    product: str
    given: str  # an ISO date, which may be partial
    vaccine: str = ""
    manufacturer: str = ""
    dose: int | None = None
    doses: int | None = None
    batch: str = ""
    country: str = ""
    centre: str = ""


class Recovered(Struct, frozen=True, kw_only=True, tag_field="event", tag="recovery"):
    """A past infection: the first positive test, and for how long the issuer counts the person as recovered."""

    agent: str
    first_positive: str
    valid_from: str = ""
    valid_until: str = ""
    country: str = ""


Certified = AssayResult | Vaccinated | Recovered


class Issuer(Struct, frozen=True, kw_only=True):
    """Who issued it: the country (ISO 3166-1 alpha-2 where it could be told), the name certified, and the key that signed."""

    country: str = ""
    name: str = ""
    key: str = ""  # the key identifier in hexadecimal


class Deviation(Struct, frozen=True, kw_only=True):
    """A departure from the format's specification that was tolerated, by a tolerance that is data of the issuer."""

    code: str
    where: str = ""
    found: str = ""


class Evidence(Struct, frozen=True, kw_only=True):
    """What a certificate certifies. Valid as of the instant at which it was verified, and no longer than ``expires``."""

    format: Format
    person: CertifiedPerson
    events: tuple[Certified, ...]
    issuer: Issuer
    identifier: str = ""  # the issuer's own identifier of the certificate: what revocation is keyed on
    issued: datetime | None = None
    expires: datetime | None = None
    verified: datetime | None = None  # None for paper, which nobody verified by its signature
    deviations: tuple[Deviation, ...] = ()
    payload: dict[str, object] = {}  # as decoded; for the rules that a party wrote against this format

    @property
    def uses(self) -> frozenset[Use]:
        """What a key must be allowed to sign for this evidence."""
        return frozenset([_USES[type(one)] for one in self.events])


_USES: dict[type[Certified], Use] = {AssayResult: Use.TEST, Vaccinated: Use.VACCINATION, Recovered: Use.RECOVERY}
