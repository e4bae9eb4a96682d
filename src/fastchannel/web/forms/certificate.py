"""Certificates to be checked: files that are dropped or chosen, or a text that is pasted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from fastchannel.casework.certificates import MOST
from fastchannel.certificates.mrz.mrz import MOST_CHARACTERS as MOST_ZONE
from fastchannel.certificates.mrz.mrz import Mrz, MrzError, read_mrz
from fastchannel.node.desk import office
from fastchannel.web.forms.apply import unpack

MOST_BYTES = 2 * 1024 * 1024  # of all files together
MOST_CHARACTERS = 64 * 1024
ACCEPTED = ".png,.jpg,.jpeg,.webp,.gif,.pdf,.txt,image/png,image/jpeg,image/webp,image/gif,application/pdf,text/plain"


class FilesInput(forms.ClearableFileInput):
    """Several files at once; browsers take what is dropped on it too."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, small ones, as their bytes."""

    widget = FilesInput(attrs={"accept": ACCEPTED, "class": "drop"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files' names and bytes. What they are is told by their bytes later."""
        given: list[UploadedFile[Any]] = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if sum(one.size or 0 for one in given) > MOST_BYTES:
            raise forms.ValidationError(_("The files are too large; expected at most 2 MB together."))
        if len(given) > MOST:
            raise forms.ValidationError(_("Too many files; expected at most %(most)d."), params={"most": MOST})
        return [((one.name or "")[-200:], one.read()) for one in given]


def zone_of(text: str) -> Mrz | None:
    """What a passport's zone says; None where there is none. Raises ValidationError where it cannot be read."""
    if not text.strip():
        return None
    try:
        return read_mrz(text, office().clock.now().date())
    except MrzError as error:
        line = {"line": error.line, "found": error.found or "–"}
        if error.line:
            raise forms.ValidationError(_("The zone cannot be read. Look at line %(line)d: %(found)s"), params=line) from error
        raise forms.ValidationError(_("The zone cannot be read: %(found)s"), params=line) from error


class CertificateForm(forms.Form):
    """What is to be checked."""

    file = FilesField(
        label=_("Pictures, PDFs or text files"), required=False,
        help_text=_("Drop them here or choose them: PNG, JPEG, WebP, GIF, PDF or text; at most 2 MB together."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Or the text of a code, as a scanner reads it"), required=False, max_length=MOST_CHARACTERS, strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off", "class": "mono"}),
    )  # fmt: skip

    zone = forms.CharField(
        label=_("The passport's machine readable zone"), required=False, max_length=MOST_ZONE,
        help_text=_("The lines of letters and < below the photograph. With them the names are compared."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off", "class": "mono"}),
    )  # fmt: skip

    def clean_zone(self) -> Mrz | None:
        """What the zone says."""
        return zone_of(self.cleaned_data["zone"])

    def clean(self) -> dict[str, Any]:
        """Asks for something to check."""
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not data.get("text", "").strip():
            raise forms.ValidationError(_("Choose a file or paste a text."))
        return data

    def given(self) -> list[tuple[str, bytes]]:
        """Names and bytes; the pasted text has no name."""
        text = self.cleaned_data["text"]
        pasted = [("", text.encode("utf-8", "replace"))] if text.strip() else []
        return [*self.cleaned_data["file"], *pasted]


class RecordForm(forms.Form):
    """Texts that were checked, on their way back: they are verified once more before anything is recorded."""

    content = forms.CharField()
    key = forms.CharField(max_length=160)
    zone = forms.CharField(required=False, max_length=MOST_ZONE)

    def clean_zone(self) -> Mrz | None:
        """What the zone says: it is compared once more."""
        return zone_of(self.cleaned_data["zone"])

    def clean_content(self) -> bytes:
        """The texts, packed."""
        return unpack(self.cleaned_data["content"])
