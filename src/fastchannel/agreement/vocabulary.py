"""What the closed vocabularies of the agreement language are called in words, and the text's own terms and places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastchannel.agreement.conditions import Metric
from fastchannel.agreement.phrases import listed
from fastchannel.agreement.text import AgencyRole, AgreementText, Record
from fastchannel.terms.events import Assay, Finding, Role
from fastchannel.terms.language import N_, pick, translate
from fastchannel.terms.places import is_code, name_of

ASSAYS: Mapping[Assay, str] = {
    Assay.NAAT: N_("nucleic acid test"),
    Assay.ANTIGEN: N_("antigen test"),
    Assay.IGM: N_("IgM antibody test"),
    Assay.IGG: N_("IgG antibody test"),
    Assay.ANTIBODY: N_("antibody test"),
}
FINDINGS: Mapping[Finding, str] = {
    Finding.NOT_DETECTED: N_("not detected"),
    Finding.DETECTED: N_("detected"),
    Finding.INDETERMINATE: N_("indeterminate"),
    Finding.INVALID: N_("invalid"),
}
AGENCIES: Mapping[AgencyRole, str] = {
    AgencyRole.LOCAL_GOVERNMENT: N_("the local government"),
    AgencyRole.REVIEWER: N_("the reviewing authority"),
    AgencyRole.MISSION: N_("the embassy or consulate"),
    AgencyRole.HEALTH_AUTHORITY: N_("the health authority"),
    AgencyRole.DESIGNATED_HOSPITAL: N_("a designated hospital"),
    AgencyRole.DESIGNATED_LABORATORY: N_("a designated laboratory"),
    AgencyRole.CUSTOMS: N_("customs"),
    AgencyRole.IMMIGRATION: N_("the immigration authority"),
    AgencyRole.AVIATION: N_("the civil aviation authority"),
    AgencyRole.CARRIER: N_("the carrier"),
    AgencyRole.SITE: N_("the isolation site"),
    AgencyRole.MONITOR: N_("the health monitoring officers"),
    AgencyRole.REGISTRAR: N_("the registering body"),
    AgencyRole.SPONSOR: N_("the sponsor"),
    AgencyRole.SECRETARIAT: N_("the joint secretariat"),
}
PROVIDERS: Mapping[Role, str] = {
    Role.TRAVELLER: N_("the traveller"),
    Role.SPONSOR: N_("the sponsor"),
    Role.REVIEWER: N_("the reviewing officer"),
    Role.MISSION: N_("the embassy or consulate"),
    Role.LABORATORY: N_("the laboratory"),
    Role.CARRIER: N_("the carrier"),
    Role.CHECKPOINT: N_("the checkpoint"),
    Role.SITE: N_("the isolation site"),
    Role.MONITOR: N_("the health monitoring officers"),
    Role.SECRETARIAT: N_("the joint secretariat"),
    Role.SYSTEM: N_("the system"),
}
RECORDS: Mapping[Record, str] = {
    Record.JOURNEY: N_("the record of the journey"),
    Record.HEALTH: N_("health records"),
    Record.CONTACT: N_("records of contacts"),
    Record.IDENTITY: N_("identity records"),
    Record.ACCESS: N_("the record of who read what"),
}
METRICS: Mapping[Metric, str] = {
    Metric.CASES: N_("confirmed cases"),
    Metric.UNLINKED_CASES: N_("local cases of unknown source"),
    Metric.LINKED_CASES: N_("local cases of known source"),
    Metric.IMPORTED_CASES: N_("imported cases"),
    Metric.CHANNEL_IMPORTS: N_("infections among this channel's travellers confirmed after release"),
    Metric.POSITIVES: N_("this channel's travellers found positive on arrival or after"),
    Metric.SILENT: N_("travellers who missed their check-in"),
    Metric.CLEAN_WEEKS: N_("weeks running without a positive traveller"),
    Metric.EXPECTED_IMPORTS: N_("infections forecast to pass undetected"),
}
TERMS: Mapping[str, str] = {  # used where the text has no words of its own
    "business": N_("business"),
    "logistics": N_("logistics"),
    "production": N_("production"),
    "technical-service": N_("technical service"),
    "official": N_("official duties"),
    "family": N_("family members"),
    "none": N_("those who accompany nobody"),
    "visa": N_("visa"),
    "work": N_("work"),
    "lodging": N_("lodging"),
    "Shenyang": N_("Shenyang"),
    "a vehicle arranged by the sponsor": N_("a vehicle arranged by the sponsor"),
    "no public transport": N_("no public transport"),
}
EVENTS: Mapping[str, str] = {
    "applied": N_("the application"),
    "replanned": N_("a change of itinerary"),
    "sponsored": N_("the sponsor's acceptance of its duties"),
    "documented": N_("documents looked at"),
    "reviewed": N_("the decision on the application"),
    "allotted": N_("a place under a quota"),
    "checked-in": N_("health check-ins"),
    "called": N_("calls by officers"),
    "reminded": N_("reminders"),
    "sampled": N_("samples taken"),
    "resulted": N_("test results"),
    "boarded": N_("boarding"),
    "denied": N_("a refusal at a gate"),
    "arrived": N_("arrival"),
    "entered": N_("the beginning of a stay"),
    "moved": N_("a transfer"),
    "left": N_("the end of a stay"),
    "breached": N_("a breach of a stay's rules"),
    "confirmed": N_("a confirmed infection"),
    "recovered": N_("recovery"),
    "contact-named": N_("being named as a contact"),
    "cleared": N_("the end of a contact's quarantine"),
    "suspended": N_("a suspension"),
    "resumed": N_("the end of a suspension"),
    "overridden": N_("an officer's override"),
    "appealed": N_("an appeal"),
    "answered": N_("the answer to an appeal"),
    "corrected": N_("a correction"),
    "withdrawn": N_("a withdrawal"),
}
FIELDS: Mapping[str, str] = {
    "agreement": N_("the agreement"),
    "version": N_("its version"),
    "digest": N_("its digest"),
    "route": N_("the route"),
    "purpose": N_("the purpose of the journey"),
    "sponsor": N_("the sponsor"),
    "itinerary": N_("the itinerary"),
    "companion": N_("the kind of companion"),
    "duties": N_("the duties accepted"),
    "document": N_("the kind of document"),
    "issuer": N_("the issuer"),
    "issuer_role": N_("the issuer's role"),
    "issued": N_("the date of issue"),
    "expires": N_("the date of expiry"),
    "bound": N_("whether it names the traveller"),
    "accepted": N_("whether it was accepted"),
    "number": N_("its number"),
    "outcome": N_("the outcome"),
    "reason": N_("the reason"),
    "quota": N_("the quota"),
    "granted": N_("whether a place was given"),
    "day": N_("the date"),
    "symptoms": N_("whether symptoms were reported"),
    "channel": N_("by which means it was reported"),
    "reached": N_("whether the traveller was reached"),
    "measure": N_("the measure"),
    "rung": N_("the step of the ladder"),
    "sample": N_("the sample's identifier"),
    "assay": N_("the kind of test"),
    "finding": N_("the finding"),
    "laboratory": N_("the laboratory"),
    "sampled": N_("when the sample was taken"),
    "place": N_("the place"),
    "flight": N_("the flight"),
    "seat": N_("the seat"),
    "gate": N_("the gate"),
    "point_of_entry": N_("the point of entry"),
    "stay": N_("the stay"),
    "site": N_("the site"),
    "room": N_("the room"),
    "vehicle": N_("the vehicle"),
    "what": N_("what happened"),
    "case": N_("the case's identifier"),
    "exposed": N_("when the exposure was"),
    "trigger": N_("the trigger"),
    "since": N_("from when"),
    "until": N_("until when"),
    "waive": N_("whether the measure is waived"),
    "against": N_("what the appeal is against"),
    "grounds": N_("the grounds"),
    "appeal": N_("the appeal"),
    "upheld": N_("whether it was upheld"),
    "corrects": N_("what is corrected"),
    "replacement": N_("what it should have said"),
    "evidence": N_("the evidence's identifiers"),
}


class Words:
    """The words of one text in one language."""

    def __init__(self, text: AgreementText, language: str) -> None:
        self.text = text
        self.language = language

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue in this language."""
        return translate(message, self.language, **values)

    def listed(self, items: Iterable[str], *, style: str = "standard") -> str:
        return listed(items, self.language, style=style)

    def of(self, table: Mapping[Any, str], key: Any) -> str:
        """A word of a closed vocabulary."""
        return self.say(table[key]) if key in table else str(key)

    def term(self, key: str) -> str:
        """A term that the text chose: a purpose, a document, what is allowed."""
        if own := self.text.words.get(key):
            return pick(own, self.language)
        return self.say(TERMS[key]) if key in TERMS else key.replace("-", " ").replace("_", " ")

    def terms(self, keys: Iterable[str], *, style: str = "standard") -> str:
        return self.listed((self.term(key) for key in keys), style=style)

    def place(self, code: str) -> str:
        """A party, subdivision or city."""
        if own := self.text.words.get(code):
            return pick(own, self.language)
        if code in self.text.party:
            return pick(self.text.party[code].name, self.language)
        return name_of(code, self.language) if is_code(code) else self.term(code)

    def places(self, codes: Iterable[str], *, style: str = "standard") -> str:
        return self.listed((self.place(code) for code in codes), style=style)

    def agency(self, key: str) -> str:
        """An agency by its identifier, or any agency of a role."""
        if key in tuple(AgencyRole):
            return self.of(AGENCIES, AgencyRole(key))
        for party in self.text.party.values():
            for agency in party.agency:
                if agency.id == key:
                    return pick(agency.name, self.language)
        return self.term(key)

    def agencies(self, keys: Iterable[str], *, style: str = "or") -> str:
        return self.listed((self.agency(key) for key in keys), style=style)

    def route(self, identifier: str) -> str:
        route = self.text.route.get(identifier)
        return pick(route.title, self.language) if route else identifier
