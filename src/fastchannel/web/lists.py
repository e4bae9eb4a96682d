"""Lists in pages: filters in the address, rows by key, the next page by the last row's key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Verdict
from fastchannel.node.desk import office
from fastchannel.web import times, words
from fastchannel.web.timeline import zone_at

PAGE = 25
MOST_DIGITS = 11  # of a number in an address or a field


class Filter(forms.Form):
    """Which rows of a list; what is not understood filters nothing."""

    text = forms.CharField(label=_("Name or passport"), max_length=100, required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    verdict = forms.ChoiceField(label=_("Standing"), required=False)

    def __init__(
        self,
        request: HttpRequest,
        *,
        leave_out: Iterable[str] = (),
        flight: bool = False,
        routes: Mapping[str, str] | None = None,
        more: Mapping[str, tuple[Any, Sequence[tuple[str, Any]]]] | None = None,
    ) -> None:
        super().__init__(request.GET or None, auto_id="filter-%s")
        stages = [(stage.value, words.word(words.STAGES, stage.value)) for stage in Stage if stage.value in words.STAGES]
        self.fields["stage"].choices = [("", _("All stages")), *stages]  # type: ignore[attr-defined]
        verdicts = [(verdict.value, words.VERDICTS[verdict].text) for verdict in Verdict]
        self.fields["verdict"].choices = [("", _("All standings")), *verdicts]  # type: ignore[attr-defined]
        for name in leave_out:
            del self.fields[name]
        if routes:
            options = [("", _("All routes")), *sorted(routes.items(), key=lambda item: item[1])]
            self.fields["route"] = forms.ChoiceField(label=_("Route"), choices=options, required=False)
        for name, (label, choices) in (more or {}).items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
        if flight:
            self.fields["flight"] = forms.CharField(label=_("Flight"), max_length=32, required=False)
        if self.is_bound:
            self.is_valid()

    def get(self, name: str) -> str:
        """The value, empty where none or not understood."""
        return str(self.cleaned_data.get(name, "") or "") if self.is_bound else ""

    def chosen(self, name: str) -> tuple[str, ...]:
        """The value as a tuple for queries."""
        value = self.get(name)
        return (value,) if value else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfRows:
    """Rows with the addresses of the next and the first page."""

    rows: list[Any]
    next_url: str
    first_url: str
    is_later: bool
    crowded: bool = False  # so many are called by what was typed that those who left long ago are left out

    @property
    def shown(self) -> int:
        """How many rows are shown."""
        return len(self.rows)


def page_of(request: HttpRequest, rows: Iterable[Any], after: str | int, *, crowded: bool = False) -> PageOfRows:
    """The page that the request asks for; ``after`` is the last row's key, empty where nothing follows."""
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    return PageOfRows(
        rows=list(rows),
        next_url=f"?{urlencode({**kept, 'after': after})}" if after else "",
        first_url=f"?{urlencode(kept)}",
        is_later=bool(request.GET.get("after")),
        crowded=crowded,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One journey's row with the zones that its times are shown in."""

    row: Any
    departure_zone: str
    zone: str
    extra: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name in self.extra:
            return self.extra[name]
        return getattr(self.row, name)


def shown(row: Any, **extra: Any) -> Shown:
    """A row of a query, ready for a template."""
    departs, arrives = zones_of(row.agreement if hasattr(row, "agreement") else "", row.origin, row.destination)
    zone = extra.pop("zone", None) or (departs if row.stage in BEFORE else arrives)
    return Shown(row=row, departure_zone=departs, zone=zone, extra=extra)


BEFORE = frozenset({Stage.APPLIED, Stage.SPONSORED, Stage.RETURNED, Stage.APPROVED})


def zones_of(agreement: str, origin: str, destination: str) -> tuple[str, str]:
    """The zones of a journey's two ends, by its agreement or by any agreement that knows the places."""
    texts = office().texts
    held = [texts.versions(agreement)] if agreement else list(texts.all().values())
    found = [times.NO_ZONE, times.NO_ZONE]
    for index, place in enumerate((origin, destination)):
        for versions in held:
            zone = zone_at(versions.newest, place)
            if zone != times.NO_ZONE:
                found[index] = zone
                break
    return found[0], found[1]


def number_of(text: str | None) -> int:
    """The number that a form or an address gives; 0 where it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0
