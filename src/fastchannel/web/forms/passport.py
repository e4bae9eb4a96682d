"""A passport's machine readable zone, typed or scanned."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fastchannel.certificates.mrz.mrz import MOST_CHARACTERS, Mrz, MrzError, read_mrz
from fastchannel.node.desk import office


class ZoneField(forms.CharField):
    """What the zone says; None where it is left empty."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off", "class": "mono"})

    def __init__(self, **options: Any) -> None:
        """Optional, with its label."""
        label = _("The passport's machine readable zone")
        super().__init__(label=label, required=False, max_length=MOST_CHARACTERS, **options)

    def clean(self, value: Any) -> Any:
        """The zone as read. Raises ValidationError, with the line, where it cannot be read."""
        text = super().clean(value)
        return _read(text) if text.strip() else None


class ZoneForm(forms.Form):
    """The passport's zone and nothing else."""

    zone = ZoneField(
        help_text=_("The lines of letters and < below the photograph. Without them the application's own words are used.")
    )


def _read(text: str) -> Mrz:
    try:
        return read_mrz(text, office().clock.now().date())
    except MrzError as error:
        values = {"line": error.line, "found": error.found or "–"}
        if error.line:
            raise forms.ValidationError(
                _("The zone cannot be read. Look at line %(line)d: %(found)s"), params=values
            ) from error
        raise forms.ValidationError(_("The zone cannot be read: %(found)s"), params=values) from error
