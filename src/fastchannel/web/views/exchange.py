"""The link with the other parties' nodes: where their letters come in, and the page that says how it stands."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from fastchannel.exchange.bodies import Step
from fastchannel.exchange.leaves import Kind, lane_of
from fastchannel.node import joint, receipts
from fastchannel.node.desk import office
from fastchannel.node.errors import NodeError
from fastchannel.node.lanes import LaneState, held_entries, open_alarms, overview, put_away
from fastchannel.node.link import Link, link
from fastchannel.web.access import actor_of, page
from fastchannel.web.held import home_zone
from fastchannel.web.letters import answered, refused_unread
from fastchannel.web.words import Badge

KINDS: Mapping[Kind, object] = {
    Kind.URGENT: pgettext_lazy("lane", "Urgent"),
    Kind.BULK: pgettext_lazy("lane", "Everything else"),
    Kind.COMMON: pgettext_lazy("lane", "For all parties"),
}
OPEN = Badge(text=pgettext_lazy("lane", "Up to date"), mark="check", tone="good")
LAGS = Badge(text=pgettext_lazy("lane", "Not all acknowledged"), mark="clock", tone="wait")
SENT = Badge(text=pgettext_lazy("notice", "Sent"), mark="clock", tone="wait")
DELIVERED = Badge(text=pgettext_lazy("notice", "Delivered"), mark="check", tone="accent")
READ = Badge(text=pgettext_lazy("notice", "Read"), mark="check", tone="accent")
ANSWERED = Badge(text=pgettext_lazy("notice", "Answered"), mark="check", tone="good")
OVERDUE = Badge(text=pgettext_lazy("notice", "Overdue"), mark="warning", tone="hold")
FAULTS: Mapping[str, object] = {
    "waits": gettext_lazy("Waits for what it rests on, which is not here yet."),
    "ahead": gettext_lazy("By our clock it is still to come."),
    "foreign": gettext_lazy("It speaks for another party."),
    "taken": gettext_lazy("Another entry has its identifier."),
    "applied": gettext_lazy("Somebody applied for this journey already."),
    "forbidden": gettext_lazy("Nobody in that role of that party may say this of this journey."),
    "unclear": gettext_lazy("It cannot be understood."),
}
STOPPED: Mapping[str, Badge] = {
    "behind": Badge(text=pgettext_lazy("lane", "Behind its mirror"), mark="warning", tone="hold"),
    "fork": Badge(text=pgettext_lazy("lane", "Two histories"), mark="cross", tone="stop"),
}
ALARMS: Mapping[str, object] = {
    "behind": gettext_lazy("An old backup was put back here: the other party holds what this node lost. Restore the lane."),
    "fork": gettext_lazy("Two histories of one lane were signed. Nothing is sent until people of both parties have looked."),
    "lag": gettext_lazy("The other party has not acknowledged for a while."),
    "peer-behind": gettext_lazy("The other party lost what it had acknowledged; it gets it again."),
    "refused": gettext_lazy("Something came that is no message of the other party's, or is damaged. Nothing of it was kept."),
    "erased": gettext_lazy("Entries came without their bodies: their time is over, and they were erased at the other party."),
    "rejected": gettext_lazy("The other party holds an entry of ours: it is no part of its record. It says why."),
    "text": gettext_lazy("Another party holds a text of an agreement that this node does not hold."),
    "not-saved": gettext_lazy("This node could not write to its disk; what came is not acknowledged, and comes again."),
}


@page("link")
@require_http_methods(["GET", "POST"])
def link_page(request: HttpRequest) -> HttpResponse:
    """Lanes, lag, last cosignatures and alarms; those can be put away once somebody has seen them."""
    found = link()
    if request.method == "POST":
        return _told(request, found) if found is not None and "entry" in request.POST else _put_away(request)
    lanes = overview() if found is not None else []
    context = {
        "linked": found is not None,
        "ours": [_line(one) for one in lanes if not one.peer],
        "theirs": [_line(one) for one in lanes if one.peer],
        "alarms": [
            {"at": one.at, "lane": one.lane, "text": ALARMS.get(one.kind, one.kind), "said": one.said} for one in open_alarms()
        ],
        "notices": [notice_line(one) for one in receipts.notices()] if found is not None else [],
        "held": [{"entry": one, "text": FAULTS.get(one.fault, one.fault)} for one in held_entries()],
        "texts": joint.texts_of_all(found) if found is not None else [],
        "node_zone": home_zone(actor_of(request).party),
    }
    return render(request, "web/link.html", context)


def _put_away(request: HttpRequest) -> HttpResponse:
    put_away(office().clock.now())
    messages.success(request, _("The alarms are put away."), extra_tags="good")
    return redirect("web:link")


def _told(request: HttpRequest, found: Link) -> HttpResponse:
    """Somebody read a notice, or answers it."""
    words_ = request.POST.get("said", "").strip()
    step = Step.ANSWERED if words_ else Step.READ
    try:
        receipts.say(found, actor_of(request), request.POST["entry"][:64], step, words_, office().clock.now())
    except NodeError:
        raise Http404 from None
    said = _("The answer is on its way.") if words_ else _("The other party is told that it was read.")
    messages.success(request, said, extra_tags="good")
    return redirect("web:link")


def notice_line(one: receipts.Notice) -> dict[str, object]:
    """A notice with how far it has got."""
    late = one.late(office().clock.now())
    if one.answered:
        badge = ANSWERED
    elif late:
        badge = OVERDUE
    elif one.read:
        badge = READ
    else:
        badge = DELIVERED if one.delivered else SENT
    return {"notice": one, "badge": badge, "with": one.to if one.ours else one.sender}


def _line(state: LaneState) -> dict[str, object]:
    lane = lane_of(state.lane)
    lagging = LAGS if state.lag or state.waiting else OPEN
    return {
        "lane": state.lane,
        "kind": KINDS[lane.kind],
        "with": state.peer or lane.audience,
        "size": state.size,
        "lag": state.lag + state.waiting + state.unread,
        "cosigned": sorted(state.cosigned.items()),
        "badge": STOPPED.get(state.stopped, lagging),
    }


@csrf_exempt  # no browser speaks here, and nothing is believed that is not signed
@require_POST
def letters(request: HttpRequest) -> HttpResponse:
    """Take a letter and answer it, where the node has no listener with TLS for that (see `web.door`); else there is nothing."""
    if settings.CONFIG.exchange.listen or link() is None:
        raise Http404
    announced = {name.lower(): value for name, value in request.headers.items()}
    answer = refused_unread(announced) or answered(request.body)
    said = HttpResponse(answer.said, status=answer.status, content_type=answer.kind)
    for name, value in answer.headers:
        said[name] = value
    return said
