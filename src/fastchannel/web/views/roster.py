"""The sponsor's travellers: what is missing first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Verdict
from fastchannel.node import counting, queries
from fastchannel.node.desk import office
from fastchannel.web import words
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.lists import PAGE, Filter, page_of, shown
from fastchannel.web.matrix import STEPS, legend, ways
from fastchannel.web.places_left import places_left

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WANTS = [
    ("", gettext_lazy("Anything or nothing")),
    ("missed", gettext_lazy("Something missed")),
    ("soon", gettext_lazy("Something due within a day")),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number that opens its rows."""

    title: StrOrPromise
    count: int
    url: str
    tone: str = ""
    about: StrOrPromise = ""


def tiles_by_stage(counts: counting.Counts) -> list[Tile]:
    """One tile for each stage that has travellers, in the order of the journey."""
    return [
        Tile(
            title=words.word(words.STAGES, stage.value),
            count=sum(counts.stages[stage.value].values()),
            url=f"?stage={stage.value}",
            about=_("Stage"),
        )
        for stage in Stage
        if counts.stages.get(stage.value)
    ]


def tiles_by_verdict(counts: counting.Counts, address: str = "") -> list[Tile]:
    """One tile for each verdict, the worst first."""
    return [
        Tile(
            title=words.VERDICTS[verdict].text,
            count=sum(verdicts.get(verdict.value, 0) for verdicts in counts.stages.values()),
            url=f"{address}?verdict={verdict.value}",
            tone=words.VERDICTS[verdict].tone,
            about=_("Standing"),
        )
        for verdict in reversed(Verdict)
    ]


@page("roster")
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """The sponsor's own travellers, step by step, those with something missing first."""
    actor, now = actor_of(request), office().clock.now()
    chosen = Filter(request, more={"want": (_("What is missing"), WANTS)})
    counts = counting.counts(actor)
    found = queries.roster(
        actor,
        stages=chosen.chosen("stage"),
        verdicts=chosen.chosen("verdict"),
        text=chosen.get("text"),
        missed=chosen.get("want") == "missed",
        due_before=now + counting.SOON if chosen.get("want") == "soon" else None,
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    language = core_language(language_of(request))
    rows = ways(queries.standings(row.journey for row in found.items), language, now)
    stopped = sum(
        verdicts.get(Verdict.HOLD.value, 0) + verdicts.get(Verdict.REFUSE.value, 0) for verdicts in counts.stages.values()
    )
    answer = _("Travellers: %(total)d. On hold or refused: %(stopped)d. Something due within a day: %(due)d.") % {
        "total": counts.total,
        "stopped": stopped,
        "due": counts.due_soon,
    }
    context = {
        "answer": answer,
        "tiles": [*tiles_by_verdict(counts)[:2], *tiles_by_stage(counts)],
        "places": places_left(language_of(request), now),
        "filters": chosen,
        "filtered": bool(request.GET),
        "steps": STEPS.values(),
        "legend": legend(),
        "page": page_of(
            request, (shown(row, way=rows[row.journey]) for row in found.items), found.after, crowded=found.crowded
        ),
        "now": now,
    }
    return render(request, "web/roster.html", context)
