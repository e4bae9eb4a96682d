"""A checkpoint's post, a new device, and why one is revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fastchannel.casework.actor import Actor
from fastchannel.casework.gate_expected import BOARDING, ENTRY, GATES
from fastchannel.node.desk import office
from fastchannel.terms.events import Role
from fastchannel.terms.places import subdivisions
from fastchannel.web.places import place_words

GATE_WORDS = {BOARDING: _("Boarding: travellers who leave from here"), ENTRY: _("Entry: travellers who arrive here")}


def places_of(actor: Actor) -> list[str]:
    """Where somebody may keep a post: the regions of the jurisdiction; without one the party and each of its regions.

    A carrier boards people wherever they set out: its places are those of every party of the agreements.
    """
    if actor.jurisdiction:
        return sorted(actor.jurisdiction)
    parties = [actor.party]
    if actor.role is Role.CARRIER:
        held = {code for versions in office().texts.all().values() for code in versions.newest.parties}
        parties += sorted(held - {actor.party})
    return [place for party in parties for place in (party, *sorted(subdivisions(party)))]


class PostForm(forms.Form):
    """Where a checkpoint stands, and its gates."""

    place = forms.ChoiceField(label=_("Where the checkpoint stands"))
    gates = forms.MultipleChoiceField(
        label=_("Gates that are kept there"), widget=forms.CheckboxSelectMultiple, choices=[], initial=[ENTRY]
    )

    def __init__(self, actor: Actor, language: str, data: Any = None) -> None:
        """For the places of this officer."""
        super().__init__(data, auto_id="post-%s")
        found = [(code, place_words(code, language)) for code in places_of(actor)]
        self.fields["place"].choices = found  # type: ignore[attr-defined]
        self.fields["gates"].choices = [(gate, GATE_WORDS[gate]) for gate in GATES]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason or a finding, which others will read."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
