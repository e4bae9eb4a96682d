"""The choices on the page where an agreement is designed. What is not given is as the text has it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fastchannel.casework.forecasts import Outlook, People, usual_profile, usual_travellers
from fastchannel.casework.proposals import Proposal, proposal_of
from fastchannel.forecast.infection.pathogens import Profile, shipped_profiles
from fastchannel.terms.events import Assay
from fastchannel.terms.language import pick
from fastchannel.web import words
from fastchannel.web.forecast_words import ASSAYS, amount, share
from fastchannel.web.places import place_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from fastchannel.agreement.agreement import Agreement

NONE = "none"
SEROLOGY = (Assay.IGG, Assay.IGM, Assay.ANTIBODY)  # a profile of antibodies in general stands for each of them
OFFERED = (Assay.NAAT, Assay.ANTIGEN, Assay.IGM, Assay.ANTIBODY)
PAIRS = ((Assay.NAAT, Assay.ANTIGEN), (Assay.NAAT, Assay.ANTIBODY))
USUAL_LOG10 = -0.7  # 0.2 infections per 100,000 people and day
PER_100_000 = 1e5
USUAL_DAYS = 30
GROUPS: tuple[tuple[StrOrPromise, tuple[str, ...]], ...] = (
    (_("Before departure"), ("first_test", "first_test_hours")),
    (_("After arrival"), ("arrival_tests", "isolation_days", "further_test", "further_test_day", "closed_loop_until_day")),
    (_("The epidemic and the traffic"), ("pathogen", "incidence", "growth", "immune", "travellers", "days")),
)


class Slider(forms.NumberInput):
    """A slider; its value in words stands beside it."""

    input_type = "range"


def _places(places: tuple[str, ...], language: str) -> str:
    """The names of a group's destinations, a city before its region; the first three of many."""
    if not places:
        return gettext("all other places")
    codes = [place.partition(" ") for place in places[:3]]
    named = [f"{city}, {place_words(code, language)}" if city else place_words(code, language) for code, _blank, city in codes]
    return "; ".join([*named, *(["…"] if len(places) > 3 else [])])


def _assays(assays: tuple[Assay, ...]) -> str:
    return "+".join(assays) or NONE


def _assay_words(value: str) -> StrOrPromise:
    if value == NONE:
        return _("None")
    return " + ".join(str(words.word(ASSAYS, name)) for name in value.split("+"))


def _choices(offered: list[str], text: str) -> list[tuple[str, StrOrPromise]]:
    return [(value, _assay_words(value)) for value in dict.fromkeys([NONE, *offered, text])]


class DesignForm(forms.Form):
    """Always bound: the text's own choices, with those of the address over them."""

    first_test = forms.ChoiceField(label=_("First test before departure"))
    first_test_hours = forms.IntegerField(label=_("Sampled at most"), min_value=12, widget=Slider)
    arrival_tests = forms.ChoiceField(label=_("Tests on arrival"))
    isolation_days = forms.IntegerField(label=_("Isolation, at least"), min_value=0, widget=Slider)
    further_test = forms.ChoiceField(label=_("Further test"))
    further_test_day = forms.IntegerField(label=_("Day of the further test"), min_value=1, widget=Slider)
    closed_loop_until_day = forms.IntegerField(label=_("Closed loop"), min_value=0, widget=Slider)
    pathogen = forms.ChoiceField(label=_("Pathogen"))
    incidence = forms.FloatField(
        label=_("Incidence at origin"),
        min_value=-3, max_value=3, widget=Slider(attrs={"step": "0.1"}),
    )  # fmt: skip
    growth = forms.FloatField(label=_("Growth"), min_value=-20, max_value=20, widget=Slider(attrs={"step": "1"}))
    immune = forms.FloatField(label=_("Immune travellers"), min_value=0, max_value=100, widget=Slider(attrs={"step": "5"}))
    travellers = forms.FloatField(label=_("Travellers a day"), min_value=0, max_value=1_000_000)
    days = forms.IntegerField(label=_("Look ahead"), min_value=1, max_value=365, widget=Slider)

    def __init__(self, given: Mapping[str, str], agreement: Agreement, people: tuple[People, ...], language: str) -> None:
        self.language, self.people = language, people
        self.text, self.chosen_people = self._group(given)
        profiles = shipped_profiles()
        data = self._as_the_text_has_it(usual_profile(agreement)) | dict(given)
        super().__init__({"group": "0", **data}, auto_id="design-%s")
        self._offer([(name, pick(profile.title, language)) for name, profile in profiles.items()])
        if len(people) > 1:
            labels = [_places(entry.places, language) for entry in people]
            options = [(str(number), label) for number, label in enumerate(labels)]
            self.fields = {"group": forms.ChoiceField(label=_("For travellers to"), choices=options), **self.fields}
        for name, field in self.fields.items():
            if isinstance(field.widget, Slider):
                field.widget.attrs["data-said"] = f"said-{name}"
        self.is_valid()

    def _group(self, given: Mapping[str, str]) -> tuple[Proposal, People]:
        number = given.get("group", "0")
        known = number.isdecimal() and number.isascii() and len(number) < 4 and int(number) < len(self.people)
        people = self.people[int(number) if known else 0]
        return proposal_of(people.provisions), people

    def _as_the_text_has_it(self, profile: Profile) -> dict[str, str]:
        text = self.text
        return {
            "first_test": text.first_test or NONE,
            "first_test_hours": str(text.first_test_hours),
            "arrival_tests": _assays(text.arrival_tests),
            "isolation_days": str(text.isolation_days),
            "further_test": text.further_test or NONE,
            "further_test_day": str(text.further_test_day),
            "closed_loop_until_day": str(text.closed_loop_until_day),
            "pathogen": profile.id,
            "incidence": f"{USUAL_LOG10:g}",
            "growth": "0",
            "immune": "0",
            "travellers": f"{usual_travellers(self.chosen_people, profile):g}",
            "days": str(USUAL_DAYS),
        }

    def _offer(self, pathogens: list[tuple[str, str]]) -> None:
        """The choices and the ends of the sliders, which are never narrower than the text."""
        text, fields = self.text, self.fields
        single = [assay.value for assay in OFFERED]
        for name, offered, own in (
            ("first_test", single, text.first_test or NONE),
            ("arrival_tests", [*single, *("+".join(pair) for pair in PAIRS)], _assays(text.arrival_tests)),
            ("further_test", single, text.further_test or NONE),
        ):
            fields[name] = forms.ChoiceField(label=fields[name].label, choices=_choices(offered, own))
        fields["pathogen"] = forms.ChoiceField(label=fields["pathogen"].label, choices=pathogens)
        for name, most, own_most in (
            ("first_test_hours", 168, text.first_test_hours),
            ("isolation_days", 21, text.isolation_days),
            ("further_test_day", 21, text.further_test_day),
            ("closed_loop_until_day", 28, text.closed_loop_until_day),
        ):
            field: Any = fields[name]
            least = min(field.min_value, own_most)
            fields[name] = forms.IntegerField(
                label=field.label, min_value=least, max_value=max(most, own_most), widget=Slider(attrs={"step": "1"})
            )

    def clean(self) -> dict[str, Any]:
        """Tests and immunity must be known to the pathogen's profile."""
        found = super().clean() or {}
        profile = shipped_profiles().get(found.get("pathogen", ""))
        if profile is None:
            return found
        pathogen = profile.at()
        for name in ("first_test", "arrival_tests", "further_test"):
            for assay in found.get(name, NONE).split("+"):
                if assay != NONE and not _known(assay, pathogen.assays):
                    message = gettext("The profile of this pathogen knows no such test: %(test)s.")
                    self.add_error(name, message % {"test": _assay_words(assay)})
        if pathogen.immunity is None and found.get("immune"):
            self.add_error("immune", gettext("The profile of this pathogen says nothing of immunity."))
        return found

    @property
    def profile(self) -> Profile:
        return shipped_profiles()[self.cleaned_data["pathogen"]]

    @property
    def proposal(self) -> Proposal:
        found = self.cleaned_data
        return Proposal(
            first_test=_assay(found["first_test"]),
            first_test_hours=found["first_test_hours"],
            arrival_tests=tuple(Assay(name) for name in found["arrival_tests"].split("+") if name != NONE),
            isolation_days=found["isolation_days"],
            further_test=_assay(found["further_test"]),
            further_test_day=found["further_test_day"],
            closed_loop_until_day=found["closed_loop_until_day"],
        )

    @property
    def outlook(self) -> Outlook:
        found = self.cleaned_data
        return Outlook(
            profile=self.profile,
            per_day=10.0 ** found["incidence"] / PER_100_000,
            growth_per_day=math.log1p(found["growth"] / 100.0),
            immune=found["immune"] / 100.0,
            travellers_per_day=found["travellers"],
            days=found["days"],
        )

    def said(self) -> dict[str, str]:
        """What each slider says in words; nothing where its value is not understood."""
        found = self.cleaned_data
        speak: dict[str, Callable[[Any], str]] = {
            "first_test_hours": lambda n: ngettext("%(n)d hour before", "%(n)d hours before", n) % {"n": n},
            "isolation_days": lambda n: (
                ngettext("%(n)d day", "%(n)d days", n) % {"n": n} if n else gettext("until the results")
            ),
            "further_test_day": lambda n: gettext("day %(n)d") % {"n": n},
            "closed_loop_until_day": lambda n: gettext("until day %(n)d") % {"n": n} if n else gettext("none"),
            "incidence": lambda x: gettext("%(n)s a day per 100,000 people") % {"n": amount(10.0**x, self.language)},
            "growth": self._growth,
            "immune": lambda x: share(x / 100.0, self.language),
            "days": _days,
        }
        return {name: say(found[name]) if name in found else "" for name, say in speak.items()}

    def _growth(self, percent: float) -> str:
        if percent == 0.0:
            return gettext("steady")
        days = amount(abs(math.log(2.0) / math.log1p(percent / 100.0)), self.language)
        text = (
            gettext("%(percent)s a day: doubles in %(days)s days")
            if percent > 0
            else gettext("%(percent)s a day: halves in %(days)s days")
        )
        return text % {"percent": f"{percent:+g} %".replace("-", "−"), "days": days}


def _days(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def _known(assay: str, assays: Mapping[str, object]) -> bool:
    return assay in assays or (assay in SEROLOGY and Assay.ANTIBODY in assays)


def _assay(value: str) -> Assay | None:
    return None if value == NONE else Assay(value)
