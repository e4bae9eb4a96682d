"""Fields that pages share: moments in a place's own time, and forms whose mistakes screen readers find."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fastchannel.web.times import zone_of, zone_words

LONGEST_TEXT = 1_000  # of a reason or a remark


class MomentInput(forms.DateTimeInput):
    """The browser's own picker for a date and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DateInput(forms.DateInput):
    """The browser's own picker for a date."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class LocalMomentField(forms.DateTimeField):
    """A date and time that is read in the named zone; the help text names it."""

    widget = MomentInput
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")

    def __init__(self, *, zone: str, empty_is_now: bool = False, **kwargs: Any) -> None:
        self.zone = zone
        named = zone_words(zone, get_language())
        help_text = _("In %(zone)s. Empty means now.") if empty_is_now else _("In %(zone)s.")
        kwargs.setdefault("help_text", help_text % {"zone": named})
        kwargs.setdefault("required", not empty_is_now)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        """The instant. A local time that a change of clocks leaves out or repeats is refused."""
        with timezone.override(zone_of(self.zone)):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """The instant in the field's own zone."""
        return value.astimezone(zone_of(self.zone)) if isinstance(value, datetime) and value.tzinfo else value


class TextField(forms.CharField):
    """Several lines: a reason, grounds, a remark."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(**kwargs)


def reason_field() -> TextField:
    """The reason that every officer's decision needs."""
    return TextField(label=_("Reason"), help_text=_("The traveller will read it."))
