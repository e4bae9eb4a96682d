"""One form for each step that an officer, a sponsor or a traveller takes on a journey."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fastchannel.agreement.provisions import Paper, Stay
from fastchannel.casework.grounds import REFUSE, RETURN
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Finding, Itinerary
from fastchannel.terms.language import translate
from fastchannel.web import times, words
from fastchannel.web.details import RULES
from fastchannel.web.forms.fields import LocalMomentField, TextField, reason_field
from fastchannel.web.record import Record
from fastchannel.web.timeline import details_of, title_of

Choices = Sequence[tuple[str, Any]]


class ActForm(forms.Form):
    """A form about one record."""

    def __init__(self, record: Record, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        self.build(record)

    def build(self, record: Record) -> None:
        """Add the fields whose choices depend on the record."""

    def choose(self, name: str, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        """A field with choices; where there is only one, it is chosen."""
        listed = list(choices)
        if len(listed) == 1:
            kwargs.setdefault("initial", listed[0][0])
        self.fields[name] = forms.ChoiceField(choices=listed, **kwargs)

    def moment(self, zone: str, label: Any = None) -> None:
        """When it happened; empty means now."""
        self.fields["at"] = LocalMomentField(zone=zone, empty_is_now=True, label=label or _("When"))


class ReviewForm(ActForm):
    """A decision on an application, bound to the record as it was looked at."""

    grounds: tuple[str, ...] = ()

    def build(self, record: Record) -> None:
        self.fields["seen"] = forms.IntegerField(
            required=False, min_value=0, initial=len(record.file.events), widget=forms.HiddenInput
        )
        if self.grounds:
            self.fields["grounds"] = forms.MultipleChoiceField(
                label=_("Reasons to choose"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(sentence, translate(sentence, record.reader.core)) for sentence in self.grounds],
                help_text=_("The traveller reads these in their own language."),
            )  # fmt: skip
            self.fields["reason"] = TextField(
                label=_("Further reason"), required=False, help_text=_("The traveller will read it as you type it.")
            )

    def clean(self) -> dict[str, Any]:
        """A return or a refusal says why."""
        data = super().clean() or {}
        if self.grounds and not self.errors and not data.get("grounds") and not data.get("reason", "").strip():
            raise forms.ValidationError(_("Choose a reason or type one: the traveller will read it."))
        return data


class ApproveForm(ReviewForm):
    """The button says it all."""


class ReturnForm(ReviewForm):
    grounds = RETURN


class RefuseForm(ReviewForm):
    grounds = REFUSE


class WithdrawForm(ActForm):
    reason = TextField(label=_("Reason"), required=False)


class DutiesForm(ActForm):
    def build(self, record: Record) -> None:
        duties = record.provisions.application.duties
        self.fields["duties"] = forms.MultipleChoiceField(
            label=_("The sponsor accepts these duties"),
            choices=[(duty, record.reader.duty(duty)) for duty in duties],
            widget=forms.CheckboxSelectMultiple,
        )


class DocumentForm(ActForm):
    def build(self, record: Record) -> None:
        papers = {item.document for item in record.provisions.measures if isinstance(item, Paper)}
        reader = record.reader
        self.choose("document", [(name, reader.document(name)) for name in sorted(papers)], label=_("Document"))
        named = {issuer for item in record.provisions.measures if isinstance(item, Paper) for issuer in item.issuers}
        self.fields["issuer"] = forms.CharField(
            label=_("Issuer"), max_length=128, initial=next(iter(named)) if len(named) == 1 else ""
        )
        self.fields["number"] = forms.CharField(label=_("Number"), max_length=64, required=False)
        self.fields["issued"] = LocalMomentField(zone=record.departure_zone, label=_("Issued"))
        self.fields["expires"] = LocalMomentField(zone=record.departure_zone, label=_("Expires"), required=False)
        self.fields["bound"] = forms.BooleanField(label=_("It names this traveller"), required=False, initial=True)
        self.fields["accepted"] = forms.BooleanField(label=_("It is genuine and right"), required=False, initial=True)


class MeasureForm(ActForm):
    """What is overridden or appealed against: a measure of the agreement or a rule that holds for every journey."""

    label = _("Measure")

    def measures(self, record: Record) -> Choices:
        """Measures and rules, those that the reasons name first."""
        named = [line.measure for line in record.reasons if line.measure]
        known = [item.id for item in record.provisions.measures] + list(RULES)
        order = dict.fromkeys([*named, *known])
        return [(name, record.reader.measure(name)) for name in order]


class OverrideForm(MeasureForm):
    def build(self, record: Record) -> None:
        self.choose("measure", self.measures(record), label=_("Measure or rule"))
        self.choose(
            "waive",
            [("yes", _("Waive it for this traveller")), ("no", _("Hold the traveller for it"))],
            label=_("Decision"),
        )
        self.fields["until"] = LocalMomentField(zone=record.reader.zone, label=_("Until"), required=False)
        self.fields["reason"] = reason_field()


class AppealForm(MeasureForm):
    def build(self, record: Record) -> None:
        self.choose("against", self.measures(record), label=_("Which decision do you object to?"))
        self.fields["grounds"] = TextField(label=_("Why? What should be looked at again?"))


class AnswerForm(ActForm):
    def build(self, record: Record) -> None:
        appeals = open_appeals(record)
        self.choose("appeal", [(item.id, details_of(item, record.reader, record.reader.zone)) for item in appeals],
                    label=_("Appeal"))  # fmt: skip
        self.choose("upheld", [("yes", _("Uphold: the measure is waived")), ("no", _("Do not uphold"))], label=_("Answer"))
        self.fields["reason"] = reason_field()


class CorrectForm(ActForm):
    """Strike an entry, or say when it really happened or what the finding really was."""

    def build(self, record: Record) -> None:
        entries = [item for item in record.events if not isinstance(item, ev.Applied | ev.Corrected)]
        language = get_language()
        self.choose(
            "event",
            [
                (
                    item.id,
                    f"{times.moment_words(item.at, record.zones.at(item.at), language, name_zone=False)} · {title_of(item)}",
                )
                for item in reversed(entries)
            ],
            label=_("Entry"),
        )
        self.choose(
            "how",
            [
                ("strike", _("It should not have been recorded")),
                ("time", _("It happened at another time")),
                ("finding", _("The laboratory result was another")),
            ],
            label=_("What is wrong"),
        )
        self.fields["right_time"] = LocalMomentField(zone=record.reader.zone, label=_("Right time"), required=False)
        self.fields["right_finding"] = forms.ChoiceField(
            choices=[("", "—"), *((item.value, words.FINDINGS[item]) for item in Finding)],
            label=_("Right result"),
            required=False,
        )
        self.fields["reason"] = reason_field()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        how = cleaned.get("how")
        if how == "time" and not cleaned.get("right_time"):
            self.add_error("right_time", _("Enter the right time."))
        if how == "finding" and not cleaned.get("right_finding"):
            self.add_error("right_finding", _("Choose the right result."))
        return cleaned

    def replacement(self) -> dict[str, Any] | None:
        """The fields with their right values; None strikes the entry."""
        match self.cleaned_data["how"]:
            case "time":
                return {"at": self.cleaned_data["right_time"].isoformat()}
            case "finding":
                return {"finding": self.cleaned_data["right_finding"]}
            case _:
                return None


class CheckInForm(ActForm):
    def build(self, record: Record) -> None:
        today = record.now.astimezone(times.zone_of(record.reader.zone)).date()
        days = [today - timedelta(days=n) for n in range(15)]
        language = get_language()
        self.choose("day", [(day.isoformat(), times.day_words(day, language)) for day in days], label=_("For the day"))
        self.choose("symptoms", [("no", _("No symptoms")), ("yes", _("Symptoms"))], label=_("Health"))


class CallForm(CheckInForm):
    def build(self, record: Record) -> None:
        super().build(record)
        self.fields.pop("symptoms")
        self.choose(
            "said",
            [
                ("no", _("Reached: no symptoms")),
                ("yes", _("Reached: symptoms")),
                ("silent", _("Not reached")),
                ("wrong number", _("Wrong number")),
                ("language", _("No common language")),
            ],
            label=_("Outcome of the call"),
        )
        self.choose("way", [("call", _("By telephone")), ("visit", _("By a visit"))], label=_("How"), required=False)
        spoken = [("", "—"), ("en", "English"), ("zh-Hans", "简体中文"), ("ko", "한국어")]
        self.choose("language", spoken, label=_("Language spoken"), required=False)
        steps = [
            ("", "—"),
            ("call again", _("Call again")),
            ("interpreter", _("Find an interpreter")),
            ("new number", _("Ask the sponsor for another number")),
            ("visit", _("Visit")),
            ("doctor", _("Send a doctor")),
        ]
        self.choose("next_step", steps, label=_("Next step"), required=False)
        self.fields["note"] = TextField(
            label=_("Note"), required=False, help_text=_("Nothing about health: symptoms have their own field above.")
        )


class SampleForm(ActForm):
    def build(self, record: Record) -> None:
        laboratory = record.actor.organisation if record.actor.role is ev.Role.LABORATORY else ""
        designated = sorted({name for item in record.provisions.measures for name in getattr(item, "laboratories", ())})
        self.fields["sample"] = forms.CharField(label=_("Sample number"), max_length=64)
        self.choose("assay", [(item.value, words.ASSAYS[item]) for item in Assay], label=_("Test"))
        if laboratory or not designated:
            self.fields["laboratory"] = forms.CharField(
                label=_("Laboratory"),
                max_length=128,
                initial=laboratory,
                disabled=bool(laboratory),
                help_text=record.reader.term(laboratory) if laboratory else "",
            )
        else:
            self.choose("laboratory", [(name, record.reader.term(name)) for name in designated], label=_("Laboratory"))
        self.moment(record.reader.zone, _("Sampled at"))


class ResultForm(ActForm):
    def build(self, record: Record) -> None:
        taken = [item for item in record.events if isinstance(item, ev.Sampled)]
        reported = {item.sample for item in record.events if isinstance(item, ev.Resulted)}
        waiting = [item for item in taken if item.sample not in reported] + [item for item in taken if item.sample in reported]
        self.fields["sample"] = forms.CharField(
            label=_("Sample number"), max_length=64, initial=waiting[0].sample if waiting else ""
        )
        self.choose(
            "assay", [(item.value, words.ASSAYS[item]) for item in Assay], label=_("Test"),
            initial=waiting[0].assay.value if waiting else Assay.NAAT.value,
        )  # fmt: skip
        self.choose("finding", [(item.value, words.FINDINGS[item]) for item in Finding], label=_("Result"))
        laboratory = record.actor.organisation if record.actor.role is ev.Role.LABORATORY else ""
        self.fields["laboratory"] = forms.CharField(
            label=_("Laboratory"), max_length=128, initial=laboratory, disabled=bool(laboratory)
        )
        self.fields["sampled"] = LocalMomentField(zone=record.reader.zone, label=_("Sampled at"), required=False)
        self.fields["sampled"].help_text = _("Only where the sampling itself was not recorded.")


class BoardForm(ActForm):
    def build(self, record: Record) -> None:
        plan = record.itinerary
        self.fields["flight"] = forms.CharField(label=_("Flight"), max_length=32, required=False, initial=plan.flight or "")
        self.fields["seat"] = forms.RegexField(
            r"^\s*[0-9]{1,3}\s*[A-Za-z]\s*$", label=_("Seat"), max_length=8, required=False,
            help_text=_("By the carrier's list, for example 12A: contacts of a case are sought by it."),
            error_messages={"invalid": _("Expected a row and a letter, for example 12A.")},
        )  # fmt: skip
        self.moment(record.departure_zone)


class DenyForm(ActForm):
    def build(self, record: Record) -> None:
        self.choose("gate", [(gate, words.GATES[gate]) for gate in ("boarding", "entry")], label=_("Gate"),
                    initial=record.standing.gate)  # fmt: skip
        self.fields["reason"] = reason_field()


class ArriveForm(ActForm):
    def build(self, record: Record) -> None:
        plan = record.itinerary
        place = plan.arrival_place or plan.destination
        self.fields["place"] = forms.CharField(
            label=_("Region of arrival"), max_length=8, initial=place, help_text=_("ISO 3166-2 code, for example CN-SH.")
        )
        self.fields["point_of_entry"] = forms.CharField(
            label=_("Point of entry"), max_length=64, required=False, initial=plan.point_of_entry or ""
        )
        self.moment(record.arrival_zone)


class StayForm(ActForm):
    def build(self, record: Record) -> None:
        stays = [item for item in record.provisions.measures if isinstance(item, Stay)]
        self.choose("stay", [(item.id, record.reader.measure(item.id)) for item in stays], label=_("Stay"))
        self.more(record)
        self.moment(record.arrival_zone)

    def more(self, record: Record) -> None:
        """Fields beside which stay and when."""


class EnterForm(StayForm):
    def more(self, record: Record) -> None:
        self.fields["site"] = forms.CharField(
            label=_("Site"), max_length=128, required=False, initial=record.actor.organisation
        )
        self.fields["room"] = forms.CharField(label=_("Room"), max_length=32, required=False)


class MoveForm(StayForm):
    def more(self, record: Record) -> None:
        self.fields["vehicle"] = forms.CharField(label=_("Vehicle"), max_length=64, required=False)


class BreachForm(StayForm):
    def more(self, record: Record) -> None:
        self.fields["what"] = TextField(label=_("What happened"), help_text=_("The traveller will read it."))


class CaseForm(ActForm):
    case = forms.CharField(label=_("Case number"), max_length=64)


class ReplanForm(ActForm):
    def build(self, record: Record) -> None:
        plan = record.itinerary
        self.fields["departure"] = LocalMomentField(zone=record.departure_zone, label=_("Departure"), initial=plan.departure)
        self.fields["flight"] = forms.CharField(label=_("Flight"), max_length=32, required=False, initial=plan.flight or "")
        for name, label, value in (
            ("origin", _("From"), plan.origin),
            ("destination", _("To"), plan.destination),
            ("arrival_place", _("Region of arrival"), plan.arrival_place or ""),
        ):
            self.fields[name] = forms.CharField(
                label=label, max_length=8, initial=value, required=name != "arrival_place",
                help_text=_("ISO 3166-2 code, for example CN-SH."),
            )  # fmt: skip
        self.fields["city"] = forms.CharField(label=_("City"), max_length=64, required=False, initial=plan.city or "")

    def itinerary(self) -> Itinerary:
        """The new itinerary."""
        data = self.cleaned_data
        return Itinerary(
            departure=data["departure"],
            origin=data["origin"],
            destination=data["destination"],
            arrival_place=data["arrival_place"] or None,
            point_of_entry=self.record.itinerary.point_of_entry,
            flight=data["flight"] or None,
            city=data["city"] or None,
        )


def open_appeals(record: Record) -> list[ev.Appealed]:
    """Appeals that nobody has answered yet."""
    answered = {item.appeal for item in record.events if isinstance(item, ev.Answered)}
    return [item for item in record.events if isinstance(item, ev.Appealed) and item.id not in answered]
