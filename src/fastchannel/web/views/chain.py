"""The chain map: who supplies whom, who could replace an industry, what it has in stock, and what a missing team costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from fastchannel.casework.permissions import Action, Subject, check
from fastchannel.node.chains import Held, newest
from fastchannel.supply.chain.links import Sale, largest, output_per_day, purchases_of, replacements, sales_of, strongest
from fastchannel.supply.value.people import share_brought
from fastchannel.web.access import DeniedError, actor_of, language_of, page
from fastchannel.web.chain_picture import picture
from fastchannel.web.details import core_language
from fastchannel.web.forecast_words import amount, share
from fastchannel.web.places import place_words
from fastchannel.web.words import Badge

DRAWN, LINKS, PARTNERS, LISTED, SITES = 24, 30, 8, 6, 50
HIGH, MIDDLE = 0.9, 0.66  # quantiles of criticality among the industries of the table
CRITICAL = {
    "high": Badge(text=pgettext_lazy("criticality", "very critical"), mark="warning", tone="hold"),
    "middle": Badge(text=pgettext_lazy("criticality", "critical"), mark="flag", tone="wait"),
    "": Badge(text=pgettext_lazy("criticality", "less critical"), mark="dash"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryRow:
    """An industry of the table beside the picture."""

    code: str
    name: str
    output: str
    worth: str
    badge: Badge
    tone: str
    stock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A site of the chosen industry, with the people it lacks and what that costs."""

    name: str
    firm: str
    where: str
    missing: str
    cost: str


@page("chain")
@require_GET
def chain(request: HttpRequest) -> HttpResponse:
    """The map of the table in use, one industry chosen."""
    denial = check(actor_of(request), Action.SEE_CHAIN, Subject())
    if denial is not None:
        raise DeniedError(denial.text(core_language(language_of(request))))
    held = newest()
    if held is None:
        return render(request, "web/chain.html", {"held": None})
    return render(request, "web/chain.html", _map(held, request.GET.get("industry", ""), language_of(request)))


def _map(held: Held, asked: str, language: str) -> dict[str, Any]:
    table, worths = held.chain.table, _worths(held)
    known = table.places()
    chosen = known.get(asked, int(np.argmax(worths * table.output)))
    own = [*purchases_of(table, chosen, PARTNERS), *sales_of(table, chosen, PARTNERS)]
    near = {chosen, *(one.seller for one in own), *(one.buyer for one in own)}
    places = largest(table, max(0, DRAWN - len(near)), sorted(near))
    others = [one for one in strongest(table, places, LINKS) if chosen not in (one.seller, one.buyer)]
    sales = [*others, *own]
    tones = _tones(worths)
    rows = {place: _row(held, place, worths, tones[place], language) for place in places}
    names = [str(one) for one in table.industries]
    titles = {
        place: _("%(name)s: makes %(output)s a day; %(critical)s") % {
            "name": held.name(names[place]), "output": rows[place].output, "critical": rows[place].badge.text
        }
        for place in places
    }  # fmt: skip
    link_titles = [
        f"{held.name(names[one.seller])} → {held.name(names[one.buyer])}: {amount(one.amount, language)}" for one in sales
    ]
    return {
        "held": held,
        "unit": table.unit,
        "source": table.source,
        "picture": picture(table, places, sales, tones, titles, link_titles, chosen),
        "rows": sorted(rows.values(), key=lambda row: -worths[known[row.code]]),
        "options": [(name, held.name(name)) for name in names],
        "chosen": chosen,
        "code": names[chosen],
        "one": _row(held, chosen, worths, tones[chosen], language),
        **_about(held, chosen, float(worths[chosen]), language),
    }


def _worths(held: Held) -> np.ndarray[Any, np.dtype[np.float64]]:
    known = held.chain.marginals
    return np.array([known[str(one)].worth if str(one) in known else 0.0 for one in held.chain.table.industries])


def _tones(worths: np.ndarray[Any, np.dtype[np.float64]]) -> dict[int, str]:
    high, middle = np.quantile(worths, HIGH), np.quantile(worths, MIDDLE)
    return {place: "high" if one >= high else "middle" if one >= middle else "" for place, one in enumerate(worths.tolist())}


def _row(held: Held, place: int, worths: Any, tone: str, language: str) -> IndustryRow:
    code = str(held.chain.table.industries[place])
    return IndustryRow(
        code=code,
        name=held.name(code),
        output=amount(output_per_day(held.chain.table, place), language),
        worth=amount(float(worths[place]), language),
        badge=CRITICAL[tone],
        tone=tone,
        stock=amount(held.stock_days[place], language),
    )


def _about(held: Held, place: int, worth: float, language: str) -> dict[str, Any]:
    table = held.chain.table
    per_day = output_per_day(table, place)

    def told(found: Sequence[Sale], other: str) -> list[dict[str, str]]:
        return [
            {
                "code": str(table.industries[getattr(one, other)]),
                "name": held.name(str(table.industries[getattr(one, other)])),
                "amount": amount(one.amount, language),
                "share": share(one.share, language),
            }
            for one in found
        ]

    return {
        "sells": told(sales_of(table, place, LISTED), "buyer"),
        "buys": told(purchases_of(table, place, LISTED), "seller"),
        "others": [
            {
                "code": str(table.industries[one.place]),
                "name": held.name(str(table.industries[one.place])),
                "share": share(one.share, language),
            }
            for one in replacements(table, place)[:LISTED]
        ],
        "cost_of_one": amount(0.01 * per_day * worth, language),
        "sites": _sites(held, place, per_day, worth, language),
    }


def _sites(held: Held, place: int, per_day: float, worth: float, language: str) -> list[SiteRow]:
    network = held.chain.network
    industry = held.chain.table.industries[place]
    found = []
    for site in [one for one in network.sites.values() if one.industry == industry][:SITES]:
        posts = network.posts_of(site.name)
        lacking: dict[str, int] = {}
        for post in posts:
            if post.needed > post.present:
                lacking[post.skill] = lacking.get(post.skill, 0) + post.needed - post.present
        brought = share_brought(posts, lacking, {}) if lacking else 0.0
        found.append(
            SiteRow(
                name=site.name,
                firm=site.firm,
                where=place_words(site.place, language),
                missing=", ".join(f"{skill} {people}" for skill, people in lacking.items()),
                cost=amount(site.share * per_day * brought * worth, language) if lacking else "",
            )
        )
    return found
