"""The sponsor's statement of need: short, in four parts, with who reads each field said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.needs import (
    CAUSE_WORDS,
    CLASS_WORDS,
    CLASSES,
    PUBLICITY,
    PUBLICITY_WORDS,
    Fault,
    Publicity,
    Statement,
    read_team,
    write_team,
)
from fastchannel.node.chains import Held
from fastchannel.supply.value.urgency import Cause
from fastchannel.terms.language import translate
from fastchannel.terms.places import subdivisions
from fastchannel.web.details import core_language
from fastchannel.web.forms.fields import DateInput
from fastchannel.web.places import place_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GROUPS: tuple[tuple[StrOrPromise, tuple[str, ...]], ...] = (
    (_("Where"), ("site", "industry", "region", "city")),
    (_("What stops without these people"), ("stops", "cause", "stock_days", "months_served", "claimed_per_day", "until")),
    (_("Who travels"), ("team", "classes")),
    (_("When they can arrive"), ("earliest", "latest", "rooms")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A field, and who reads it."""

    field: forms.BoundField
    public: bool
    words: str


class NeedForm(forms.Form):
    """One team, which travels as a whole or not at all."""

    site = forms.CharField(
        label=_("Site"), max_length=200, help_text=_("The plant, yard, ship or hospital, by the name it is known by.")
    )
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    region = forms.ChoiceField(label=_("Region"))
    city = forms.CharField(label=_("City"), max_length=64, required=False)
    stops = forms.CharField(
        label=_("What stands still, or will"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In one sentence, for example: the evaporation line cannot be started again."),
    )  # fmt: skip
    cause = forms.ChoiceField(label=_("Since when"))
    stock_days = forms.IntegerField(
        label=_("Days until it stands still"), min_value=0, max_value=999, required=False,
        help_text=_("Only if it still runs: days of stock, or days to the service that falls due."),
    )  # fmt: skip
    months_served = forms.FloatField(
        label=_("Months the crew has served"), min_value=0, max_value=60, required=False, help_text=_("Only for a crew.")
    )
    claimed_per_day = forms.FloatField(label=_("Output that stops each day"))
    until = forms.DateField(
        label=_("Last day on which they would still help"), widget=DateInput,
        help_text=_("After it, others have been found or it runs again anyway."),
    )  # fmt: skip
    team = forms.CharField(
        label=_("People by skill"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000,
        help_text=_("A skill and a number on each line, for example: evaporation engineer 2."),
    )  # fmt: skip
    classes = forms.MultipleChoiceField(
        label=_("Places are reserved for"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what is true; it is checked."),
    )  # fmt: skip
    earliest = forms.DateField(label=_("Earliest arrival"), widget=DateInput)
    latest = forms.DateField(label=_("Latest arrival"), widget=DateInput)
    rooms = forms.IntegerField(
        label=_("Rooms"), min_value=0, max_value=200, required=False, help_text=_("Empty means a room for each.")
    )

    def __init__(self, agreement: Agreement, route: str, language: str, held: Held | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreement, self.route, self.language = agreement, route, core_language(language)
        party = agreement.routes[route].destination_party
        known = sorted(subdivisions(party), key=lambda code: place_words(code, language)) or [party]
        fields: dict[str, Any] = dict(self.fields)
        fields["region"].choices = [("", "—"), *((code, place_words(code, language)) for code in known)]
        fields["cause"].choices = [(cause.value, translate(CAUSE_WORDS[cause], self.language)) for cause in Cause]
        fields["classes"].choices = [(name, translate(CLASS_WORDS[name], self.language)) for name in CLASSES]
        if held is None:
            del self.fields["industry"]
            unit = gettext("In a unit that all sponsors share, for example thousand US dollars a day.")
        else:
            names = [str(one) for one in held.chain.table.industries]
            fields["industry"].choices = [("", "—"), *((name, held.name(name)) for name in names)]
            unit = gettext("In %(unit)s a day. It is audited: who inflates it counts for less next time.") % {
                "unit": held.chain.table.unit or gettext("the table's unit")
            }
        fields["claimed_per_day"].help_text = unit

    def parts(self) -> list[tuple[StrOrPromise, list[Beside]]]:
        """The fields by part, each with who reads it."""
        return [(title, [self._beside(name) for name in names if name in self.fields]) for title, names in GROUPS]

    def _beside(self, name: str) -> Beside:
        public = PUBLICITY[name]
        words = translate(PUBLICITY_WORDS[public], self.language)
        return Beside(field=self[name], public=public is Publicity.EVERYBODY, words=words)

    def clean_team(self) -> dict[str, int]:
        """People by skill."""
        found = read_team(self.cleaned_data["team"])
        if not found:
            raise forms.ValidationError(gettext("Expected a skill and a number on each line, for example: welder 2."))
        return found

    def statement(self, today: date) -> Statement:
        """What is stated."""
        data = self.cleaned_data
        cause = Cause(data["cause"])
        return Statement(
            agreement=self.agreement.id,
            route=self.route,
            site=data["site"].strip(),
            industry=data.get("industry", ""),
            region=data["region"],
            city=data["city"].strip(),
            stops=data["stops"].strip(),
            cause=cause,
            stock_days=data["stock_days"] if cause is Cause.WILL_STOP else None,
            months_served=data["months_served"] if cause is Cause.CREW else None,
            until=data["until"],
            team=data["team"],
            claimed_per_day=data["claimed_per_day"],
            earliest=data["earliest"],
            latest=data["latest"],
            rooms=data["rooms"] or 0,
            classes=tuple(data["classes"]),
            stated=today,
        )

    def add_faults(self, found: list[Fault]) -> None:
        """What casework found, each at its field."""
        for one in found:
            self.add_error(one.field if one.field in self.fields else None, one.text(self.language))


def initial_of(said: Statement) -> dict[str, Any]:
    """A statement as the form has it."""
    names = (
        "site", "industry", "region", "city", "stops", "stock_days", "months_served", "claimed_per_day", "until", "earliest",
        "latest",
    )  # fmt: skip
    return {name: getattr(said, name) for name in names} | {
        "cause": said.cause.value,
        "team": write_team(said.team),
        "classes": list(said.classes),
        "rooms": said.rooms or None,
    }
