"""What a checkpoint's officer gives: what a scanner types, a photograph, or the passport's zone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fastchannel.casework.actor import Actor
from fastchannel.casework.gate_expected import BOARDING, ENTRY
from fastchannel.certificates.formats.recognise import MOST_CHARACTERS
from fastchannel.certificates.pictures import MOST_BYTES
from fastchannel.web import words
from fastchannel.web.forms.devices import places_of
from fastchannel.web.places import place_words

GATES = tuple((gate, words.word(words.GATES, gate)) for gate in (ENTRY, BOARDING))


class ScanForm(forms.Form):
    """One scan at one gate. A scanner that types ends with a line feed, which sends the form."""

    text = forms.CharField(
        label=_("Scan here: the code of a pass or certificate, or the two lines of a passport"), required=False,
        max_length=MOST_CHARACTERS, strip=False,
        widget=forms.Textarea(
            attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "off", "class": "mono",
                   "data-scan": ""}
        ),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("Or a photograph of the code"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "data-photo": ""}),
    )  # fmt: skip
    gate = forms.ChoiceField(label=_("Gate"), choices=GATES)
    place = forms.ChoiceField(label=_("Place"))

    def __init__(
        self, actor: Actor, language: str, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        """For the places of this officer."""
        super().__init__(data, files, auto_id="scan-%s", initial=initial)
        found = [(code, place_words(code, language)) for code in places_of(actor)]
        self.fields["place"].choices = found  # type: ignore[attr-defined]
        if len(found) == 1:
            self.fields["place"].widget = forms.HiddenInput()
            self.initial.setdefault("place", found[0][0])

    def clean(self) -> dict[str, Any]:
        """Asks for something to judge, of a size that can be."""
        data = super().clean() or {}
        photo = data.get("photo")
        if photo is not None and (photo.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The photograph is too large; expected at most 16 MB."))
        if not self.errors and photo is None and not data.get("text", "").strip():
            raise forms.ValidationError(_("Scan a code, choose a photograph or type the passport's lines."))
        return data
