"""Certificates to be checked: files that are dropped or chosen, or a text that is pasted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from fastchannel.casework.certificates import MOST
from fastchannel.web.forms.apply import unpack
from fastchannel.web.forms.passport import ZoneField

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

    zone = ZoneField(
        help_text=_("The lines of letters and < below the photograph. With them the names are compared."),
    )

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
    zone = ZoneField()

    def clean_content(self) -> bytes:
        """The texts, packed."""
        return unpack(self.cleaned_data["content"])
