"""A batch of places as the secretariat enters it: days, flights, places of quarantine, laboratories, risk and reserves."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.needs import CLASS_WORDS, CLASSES
from fastchannel.casework.plans import FlightDay, House, Plan, Reserve, faults
from fastchannel.supply.places.capacity import FloorKind
from fastchannel.terms.language import translate
from fastchannel.terms.places import subdivisions
from fastchannel.web.details import core_language
from fastchannel.web.forms.fields import DateInput, TextField
from fastchannel.web.places import place_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PERCENT = 100.0
PER_100_000 = 1e5
MOST_ROWS = 60
EXTRA = {"flights": 4, "houses": 3, "laboratories": 2, "reserves": 3}
_NIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})\s*[:：]?\s*(\d{1,5})")


class BatchForm(forms.Form):
    """What holds for the batch as a whole."""

    first_day = forms.DateField(label=_("First arrival day"), widget=DateInput)
    last_day = forms.DateField(label=_("Last arrival day"), widget=DateInput)
    risk = forms.FloatField(
        label=_("Import risk of a week, at most, in per cent"), min_value=0, max_value=100, required=False, initial=0.1,
        help_text=_("The chance that the week's arrivals bring in one infection or more. Empty means no limit."),
    )  # fmt: skip
    incidence = forms.FloatField(
        label=_("New infections a day per 100,000 people where they come from"), min_value=0, max_value=10_000, initial=0.2,
        help_text=_("From it and the agreement in force the forecast works out each traveller's chance of being an import."),
    )  # fmt: skip


class FlightForm(forms.Form):
    """A flight."""

    id = forms.CharField(label=_("Flight"), max_length=32)
    day = forms.DateField(label=_("Arrives on"), widget=DateInput)
    seats = forms.IntegerField(label=_("Seats for the channel"), min_value=0, max_value=10_000)


class HouseForm(forms.Form):
    """A place of quarantine."""

    id = forms.CharField(label=_("Place of quarantine"), max_length=60)
    rooms = forms.IntegerField(label=_("Rooms a night"), min_value=0, max_value=100_000)
    laboratory = forms.CharField(label=_("Its laboratory"), max_length=60, required=False)
    nights = forms.CharField(
        label=_("Other numbers on some nights"), max_length=1000, required=False,
        widget=forms.TextInput(attrs={"placeholder": "2020-05-26: 8"}),
    )  # fmt: skip

    def clean_nights(self) -> dict[str, int]:
        """Rooms by date."""
        text = self.cleaned_data["nights"]
        found = {when: int(rooms) for when, rooms in _NIGHT.findall(text)}
        if len(found) != len([part for part in re.split(r"[,;，；\n]", text) if part.strip()]):
            raise forms.ValidationError(gettext("Expected dates with numbers, for example: 2020-05-26: 8, 2020-05-27: 8."))
        return found


class LaboratoryForm(forms.Form):
    """A laboratory."""

    id = forms.CharField(label=_("Laboratory"), max_length=60)
    tests = forms.IntegerField(label=_("Tests a day"), min_value=0, max_value=1_000_000)


class ReserveForm(forms.Form):
    """Places that the agreement reserves."""

    of = forms.ChoiceField(label=_("Reserved for"))
    places = forms.IntegerField(label=_("Places, at least"), min_value=0, max_value=100_000, required=False)
    share = forms.FloatField(label=_("or a share of the seats, in per cent"), min_value=0, max_value=100, required=False)


PARTS: dict[str, tuple[type[forms.Form], StrOrPromise, StrOrPromise]] = {
    "flights": (FlightForm, _("Flights"), _("Each with the seats that the channel has on it.")),
    "houses": (HouseForm, _("Places of quarantine"), _("With the rooms that are free each night.")),
    "laboratories": (LaboratoryForm, _("Laboratories"), _("A place without one has no limit of tests.")),
    "reserves": (ReserveForm, _("Reserved places"), _("What the agreement reserves, while there are applicants.")),
}


class PlanForm:
    """The batch's form and the lists below it, as one."""

    def __init__(self, agreement: Agreement, route: str, language: str, data: Any = None, plan: Plan | None = None) -> None:
        self.agreement, self.route, self.language = agreement, route, core_language(language)
        # What was sent stands for itself: a row that was emptied is gone, and not a change of what it was.
        initial = initial_of(plan) if plan and data is None else {}
        self.batch = BatchForm(data, initial=initial.get("batch"))
        self.parts: list[tuple[str, StrOrPromise, StrOrPromise, Any]] = []
        wanted = data.get("more", "") if data is not None else ""
        for name, (form, title, about) in PARTS.items():
            rows = initial.get(name, [])
            factory = forms.formset_factory(form, extra=EXTRA[name], max_num=MOST_ROWS, absolute_max=MOST_ROWS)
            given = data
            if data is not None and wanted == name:
                given = data.copy()
                given[f"{name}-TOTAL_FORMS"] = str(min(MOST_ROWS, int(data.get(f"{name}-TOTAL_FORMS") or 0) + EXTRA[name]))
            made: Any = factory(given, initial=rows, prefix=name)
            for row in made.forms:
                row.empty_permitted = True
                if name == "reserves":
                    row.fields["of"].choices = self._reserves(language)
                    row.fields["of"].required = False
            self.parts.append((name, title, about, made))
        self.more = bool(wanted)

    def _reserves(self, language: str) -> list[tuple[str, str]]:
        party = self.agreement.routes[self.route].destination_party
        classes = [(f"class {name}", translate(CLASS_WORDS[name], self.language)) for name in CLASSES]
        regions = sorted(
            ((f"region {code}", place_words(code, language)) for code in subdivisions(party)), key=lambda one: one[1]
        )
        return [("", "—"), *classes, *regions]

    def is_valid(self) -> bool:
        """Whether every row is in order, and the plan as a whole."""
        fine = [self.batch.is_valid(), *(rows.is_valid() for _n, _t, _a, rows in self.parts)]
        if not all(fine):
            return False
        found = faults(self.plan())
        by_name = {name: rows for name, _t, _a, rows in self.parts}
        for one in found:
            text = translate(one.message, self.language)
            filled = [row for row in by_name[one.part].forms if row.cleaned_data.get("id")] if one.part in by_name else []
            if filled:
                filled[min(one.row, len(filled) - 1)].add_error("id", text)
            else:
                self.batch.add_error(one.part if one.part in self.batch.fields else None, text)
        return not found

    def _rows(self, name: str, key: str = "id") -> list[dict[str, Any]]:
        rows = next(found for each, _t, _a, found in self.parts if each == name)
        return [row.cleaned_data for row in rows.forms if row.cleaned_data.get(key)]

    def plan(self) -> Plan:
        """What was entered."""
        data = self.batch.cleaned_data
        return Plan(
            agreement=self.agreement.id,
            route=self.route,
            first_day=data["first_day"],
            last_day=data["last_day"],
            flights=tuple(FlightDay(id=row["id"].strip(), day=row["day"], seats=row["seats"]) for row in self._rows("flights")),
            houses=tuple(
                House(id=row["id"].strip(), rooms=row["rooms"], laboratory=row["laboratory"].strip(), nights=row["nights"])
                for row in self._rows("houses")
            ),
            laboratories={row["id"].strip(): row["tests"] for row in self._rows("laboratories")},
            risk=None if data["risk"] is None else data["risk"] / PERCENT,
            per_day=data["incidence"] / PER_100_000,
            reserves=tuple(
                Reserve(
                    kind=cast("FloorKind", row["of"].partition(" ")[0]),
                    of=row["of"].partition(" ")[2],
                    places=row["places"] or 0,
                    share=(row["share"] or 0.0) / PERCENT,
                )
                for row in self._rows("reserves", "of")
            ),
        )


def initial_of(plan: Plan) -> dict[str, Any]:
    """A plan as the forms have it."""
    return {
        "batch": {
            "first_day": plan.first_day,
            "last_day": plan.last_day,
            "risk": None if plan.risk is None else round(plan.risk * PERCENT, 9),
            "incidence": round(plan.per_day * PER_100_000, 9),
        },
        "flights": [{"id": one.id, "day": one.day, "seats": one.seats} for one in plan.flights],
        "houses": [
            {
                "id": one.id,
                "rooms": one.rooms,
                "laboratory": one.laboratory,
                "nights": ", ".join(f"{when}: {rooms}" for when, rooms in one.nights.items()),
            }
            for one in plan.houses
        ],
        "laboratories": [{"id": name, "tests": tests} for name, tests in plan.laboratories.items()],
        "reserves": [
            {"of": f"{one.kind} {one.of}", "places": one.places or None, "share": round(one.share * PERCENT, 6) or None}
            for one in plan.reserves
        ],
    }


class MoveForm(forms.Form):
    """Decide of one team, with a reason."""

    need = forms.CharField(max_length=26)
    to = forms.CharField(max_length=130)
    reason = TextField(label=_("Reason"))


class AuditForm(forms.Form):
    """What a place brought."""

    need = forms.CharField(max_length=26)
    realised = forms.FloatField(label=_("Output a day that came true"), min_value=0)


def today_week(today: date) -> dict[str, date]:
    """A fortnight from the next day on, where nothing was entered before."""
    return {"first_day": date.fromordinal(today.toordinal() + 1), "last_day": date.fromordinal(today.toordinal() + 14)}
