"""The sponsor's application for one traveller, and the upload of a roster of many."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.casework.ports import Person
from fastchannel.casework.sheet import MOST_BYTES
from fastchannel.terms.events import Itinerary
from fastchannel.terms.language import pick
from fastchannel.terms.places import is_known, subdivisions
from fastchannel.web.details import Reader, core_language
from fastchannel.web.forms.fields import DateInput, LocalMomentField
from fastchannel.web.held import today
from fastchannel.web.places import place_words

LANGUAGES = (("en", "English"), ("zh-Hans", "简体中文"), ("ko", "한국어"))


def routes_of(held: dict[str, Versions], language: str) -> list[tuple[str, str]]:
    """Every route of every agreement, as ``agreement/route``."""
    return [
        (f"{versions.id}/{route.id}", pick(route.title, core_language(language)))
        for versions in held.values()
        for route in today(versions).routes.values()
    ]


def duties_of(agreement: Agreement, route: str) -> list[str]:
    """The duties that the newest text asks of a sponsor on a route."""
    sponsor = agreement.routes[route].text.sponsor
    return [duty.id for duty in sponsor.duty] if sponsor else []


class RouteForm(forms.Form):
    """Which route: the first question, because the others depend on it."""

    route = forms.ChoiceField(label=_("Route"))

    def __init__(self, routes: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["route"].choices = routes  # type: ignore[attr-defined]


class ApplicationForm(forms.Form):
    """One traveller's application under one route."""

    name = forms.CharField(label=_("Name as in the passport"), max_length=200)
    passport = forms.RegexField(
        r"^[A-Za-z0-9]{5,20}$", label=_("Passport number"), max_length=20,
        error_messages={"invalid": _("Expected letters and digits, 5 to 20 of them.")},
    )  # fmt: skip
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=DateInput)
    nationality = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Nationality"), required=False,
        help_text=_("The country's two letters, for example KR."),
        error_messages={"invalid": _("Expected the country's two letters, for example KR.")},
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), required=False)
    telephone = forms.CharField(label=_("Telephone"), max_length=32, required=False)
    language = forms.ChoiceField(label=_("Traveller's language"), choices=LANGUAGES)

    def __init__(self, agreement: Agreement, route: str, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreement, self.route = agreement, agreement.routes[route]
        text = self.route.text
        reader = Reader(agreement=agreement, provisions=None, language=language, zone="UTC")
        purposes = sorted({name for dated in text.purposes.values for name in dated.is_})
        companions = sorted({name for dated in text.companions.values for name in dated.is_})
        origin, destination = self.route.origin_party, self.route.destination_party
        self.fields["purpose"] = forms.ChoiceField(label=_("Purpose"), choices=[(name, reader.term(name)) for name in purposes])
        self.fields["companion"] = forms.ChoiceField(
            label=_("Companion"),
            choices=[("", _("No: travels for the purpose")), *((name, reader.term(name)) for name in companions)],
            required=False,
        )
        self.fields["origin"] = _place(origin, language, _("From"))
        self.fields["destination"] = _place(destination, language, _("To"))
        self.fields["arrival_place"] = _place(destination, language, _("Region of arrival, if another"), required=False)
        self.fields["city"] = forms.CharField(label=_("City"), max_length=64, required=False)
        self.fields["departure"] = LocalMomentField(zone=agreement.zone(origin).key, label=_("Departure"))
        self.fields["flight"] = forms.CharField(label=_("Flight"), max_length=32, required=False)
        self.duties = duties_of(agreement, route)
        if self.duties:
            self.fields["duties"] = forms.MultipleChoiceField(
                label=_("The sponsor accepts these duties"),
                choices=[(duty, reader.duty(duty)) for duty in self.duties],
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields["duties"].whole = True  # type: ignore[attr-defined]

    def person(self) -> Person:
        """Who travels."""
        data = self.cleaned_data
        return Person(
            name=data["name"],
            passport=data["passport"].upper(),
            birth_date=data["birth_date"],
            nationality=data["nationality"].upper(),
            email=data["email"],
            telephone=data["telephone"],
            language=data["language"],
        )

    def itinerary(self) -> Itinerary:
        """The planned crossing."""
        data = self.cleaned_data
        return Itinerary(
            departure=data["departure"],
            origin=data["origin"],
            destination=data["destination"],
            arrival_place=data["arrival_place"] or None,
            flight=data["flight"] or None,
            city=data["city"] or None,
        )


def _place(party: str, language: str, label: Any, *, required: bool = True) -> forms.Field:
    known = sorted(subdivisions(party), key=lambda code: place_words(code, language))
    if not known:
        return forms.CharField(label=label, max_length=8, initial=party, required=required, validators=[_known])
    choices = [("", "—"), *((code, place_words(code, language)) for code in known)]
    return forms.ChoiceField(label=label, choices=choices, required=required)


def _known(code: str) -> None:
    if not is_known(code):
        raise forms.ValidationError(_("Found no such place; expected an ISO 3166-2 code, for example CN-SH."))


ACCEPTED = ".xlsx,.csv,.tsv,.txt,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RosterForm(forms.Form):
    """A roster to be checked: rows that were pasted, or a file."""

    agreement = forms.ChoiceField(label=_("Agreement"))
    rows = forms.CharField(
        label=_("Rows copied out of a spreadsheet"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        help_text=_("With the row of headings. Cells are parted by tabs, as they are when copied, or by commas."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "wrap": "off", "class": "mono"}),
    )
    file = forms.FileField(
        label=_("Or a file: XLSX or CSV"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED})
    )
    duties = forms.BooleanField(
        label=_("The sponsor accepts the duties that the agreement names, for every traveller in the file"), required=False,
        help_text=_("Without it, the applications wait until the duties are accepted one by one."),
    )  # fmt: skip

    def __init__(self, agreements: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreement"].choices = agreements  # type: ignore[attr-defined]
        if len(agreements) == 1:
            self.fields["agreement"].initial = agreements[0][0]

    def clean(self) -> dict[str, Any]:
        """One of the two, and not both."""
        data = super().clean() or {}
        pasted, file = data.get("rows", ""), data.get("file")
        if not self.errors and bool(pasted.strip()) == bool(file):
            raise forms.ValidationError(_("Paste rows or choose a file: one of the two."))
        return data

    def content(self) -> tuple[bytes, str]:
        """What was sent, and what it is called."""
        file = self.cleaned_data["file"]
        if file:
            return file.read(), (file.name or "roster.csv")[-200:]
        return self.cleaned_data["rows"].encode(), str(_("pasted rows"))


class ConfirmForm(forms.Form):
    """A roster that was checked, on its way back: until it is confirmed, the node keeps nothing of it."""

    agreement = forms.CharField(max_length=64)
    filename = forms.CharField(max_length=200)
    duties = forms.CharField(max_length=3, required=False)
    content = forms.CharField()
    key = forms.CharField(max_length=200)

    def clean_content(self) -> bytes:
        """The file's bytes."""
        return unpack(self.cleaned_data["content"])


def pack(data: bytes) -> str:
    """A file as a form field's text."""
    return base64.b64encode(zlib.compress(data, 6)).decode()


def unpack(text: str) -> bytes:
    """The file again. Raises ValidationError where the text is none that `pack` made, or the file is too large."""
    try:
        inflater = zlib.decompressobj()
        data = inflater.decompress(base64.b64decode(text, validate=True), MOST_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise forms.ValidationError(_("The file did not arrive whole. Upload it again.")) from error
    if len(data) > MOST_BYTES or not inflater.eof:
        raise forms.ValidationError(_("The file did not arrive whole. Upload it again."))
    return data
