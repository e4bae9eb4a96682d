"""The agreements that this node holds: every version that was ever in force here, from the database."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.node.errors import NodeError
from fastchannel.node.models import AgreementText, Journey, PeerText
from fastchannel.terms.language import N_

LOOK_SECONDS = 30.0  # so soon every process of a node knows of an amendment
_log = logging.getLogger(__name__)


class DatabaseTexts:
    """Agreements read once and kept: a text never changes, so only new versions have to be looked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, Versions] = {}
        self._count: tuple[int, int, frozenset[str]] | None = None
        self._looked = float("-inf")

    def all(self) -> Mapping[str, Versions]:
        """Every agreement that is in force at the node, by identifier.

        An amendment that a linked party does not hold yet is left out, for it takes effect when both have told the same text.
        """
        linked = linked_parties()
        count = (AgreementText.objects.count(), PeerText.objects.count() if linked else 0, linked)
        with self._lock:
            if count != self._count:
                grouped: dict[str, list[AgreementText]] = {}
                for row in AgreementText.objects.order_by("agreement", "version"):
                    grouped.setdefault(row.agreement, []).append(row)
                told = set(PeerText.objects.filter(party__in=linked).values_list("party", "digest")) if linked else set()
                read = {
                    agreement: [load(row.text, name=f"{row.agreement} {row.version}") for row in rows]
                    for agreement, rows in grouped.items()
                }
                self._held = {agreement: Versions.of(*_in_force(texts, linked, told)) for agreement, texts in read.items()}
                self._count = count
            self._looked = time.monotonic()
            return self._held

    def versions(self, agreement: str) -> Versions:
        """All versions of one agreement. Raises InvalidEntryError where this node holds none."""
        fresh = time.monotonic() - self._looked < LOOK_SECONDS
        held = (self._held if fresh else self.all()).get(agreement) or self.all().get(agreement)
        if held is None:
            raise InvalidEntryError("agreement", N_("This node holds no agreement {found}."), found=agreement)
        return held

    def lacking(self, text: Agreement) -> frozenset[str]:
        """The linked parties of the text that have not told that they hold it."""
        asked = linked_parties() & text.parties.keys()
        if not asked:
            return frozenset()
        return asked - set(PeerText.objects.filter(digest=text.digest).values_list("party", flat=True))


def linked_parties() -> frozenset[str]:
    """The other parties whose nodes this one is linked with."""
    from fastchannel.node.link import link  # which needs a node's directory, and that needs the texts that ship

    found = link()
    return frozenset() if found is None else frozenset(found.lanes.roster.roots().keys() - {settings.CONFIG.party})


def _in_force(texts: Sequence[Agreement], linked: frozenset[str], told: Collection[tuple[str, str]]) -> Sequence[Agreement]:
    """The versions up to the newest that every linked party holds; all of them where there is none yet."""
    joint = [
        number
        for number, text in enumerate(texts, start=1)
        if all((party, text.digest) in told for party in linked & text.parties.keys())
    ]
    return texts[: joint[-1]] if joint else texts


@transaction.atomic
def adopt(texts: Iterable[tuple[str, int, str, str]]) -> int:
    """Take in texts (identifier, version, digest, text); those held already are left. Raises NodeError where they differ.

    Journeys under an agreement that gets a new version are looked at again by the next sweep.
    """
    held = {(row.agreement, row.version): row.digest for row in AgreementText.objects.all()}
    added = 0
    for agreement, version, digest, text in texts:
        found = held.get((agreement, version))
        if found is None:
            AgreementText.objects.create(agreement=agreement, version=version, digest=digest, text=text)
            Journey.objects.filter(agreement=agreement, ended__isnull=True).update(wake=F("applied"))
            added += 1
        elif found != digest:
            raise NodeError(
                f"agreement {agreement} version {version}: this node holds {found}, found {digest}; "
                "a text that is in force is never replaced, amend it by a new version"
            )
    return added


def adopt_text(party: str, text: Agreement) -> bool:
    """Take in one text, a first version or the next amendment; False where it is held already. Raises NodeError."""
    if party not in text.parties:
        raise NodeError(f"{text.id} version {text.version} is between {', '.join(text.parties)}; this node is {party}'s")
    newest = AgreementText.objects.filter(agreement=text.id).aggregate(newest=Max("version"))["newest"]
    if newest is not None and text.version > newest + 1:
        raise NodeError(f"{text.id}: this node holds version {newest}, found {text.version}; expected {newest + 1}")
    return adopt([(text.id, text.version, text.digest, text.written)]) == 1


def adopt_shipped(party: str, wanted: Iterable[str] = ()) -> int:
    """Take in the agreements that ship and name the party; of them only ``wanted`` where any are. Raises NodeError.

    A text that ships changed under a version that is held already is not taken in.
    """
    library, chosen = shipped(), tuple(wanted)
    unknown = sorted(set(chosen) - set(library))
    if unknown:
        raise NodeError(f"found no agreement {', '.join(unknown)}; those that ship are {', '.join(sorted(library))}")
    held = {(row.agreement, row.version): row.digest for row in AgreementText.objects.defer("text")}
    new = []
    for text in (text for versions in library.values() for text in versions):
        if party not in text.parties or (chosen and text.id not in chosen):
            continue
        found = held.get((text.id, text.version))
        if found not in (None, text.digest):
            # The node goes on under the text that its journeys were decided by; the new one must come as an amendment.
            _log.warning("shipped text differs", extra={"agreement": text.id, "version": text.version, "held": found})
        elif found is None:
            new.append((text.id, text.version, text.digest, text.written))
    return adopt(new)
