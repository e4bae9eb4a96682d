"""Importing a roster: upload, look at what would happen, confirm, watch, and take away what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.columns import COLUMNS, REQUIRED, heading_of
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.permissions import Denial
from fastchannel.casework.roster import Judged, Preview, Problem, problem_text
from fastchannel.casework.roster import template as roster_template
from fastchannel.casework.roster import template_workbook as workbook_template
from fastchannel.casework.sheet import MOST_ROWS, SheetError
from fastchannel.node import imports, queries
from fastchannel.node.desk import office
from fastchannel.node.models import Import
from fastchannel.terms.language import pick
from fastchannel.web import times
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.forms.apply import ConfirmForm, RosterForm, duties_of, pack
from fastchannel.web.held import home_zone, today
from fastchannel.web.lists import PageOfRows, page_of
from fastchannel.web.rejects import left_out, rejects_csv
from fastchannel.web.words import Badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 200  # rows of a preview; the whole list is in the file
OUTCOMES: dict[str, Badge] = {
    "accepted": Badge(text=pgettext_lazy("row", "accepted"), mark="check", tone="good"),
    "rejected": Badge(text=pgettext_lazy("row", "rejected"), mark="cross", tone="stop"),
    "duplicate": Badge(text=pgettext_lazy("row", "duplicate"), mark="pause", tone="wait"),
}
HELP: dict[str, StrOrPromise] = {
    "departure": gettext_lazy("date and time at the place of departure, for example 2020-05-10 09:30"),
    "origin": gettext_lazy("region by ISO 3166-2, for example KR-11"),
    "destination": gettext_lazy("region by ISO 3166-2, for example CN-SH"),
    "birth_date": gettext_lazy("for example 1980-04-29"),
    "language": gettext_lazy("en, zh-Hans or ko"),
    "route": gettext_lazy("as the template has it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    column: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    line: int
    name: str
    badge: Badge
    faults: tuple[Fault, ...]
    journey: str = ""


@dataclass(kw_only=True)
class Job:
    """An import as its page shows it, before or after it is written."""

    filename: str
    step: int
    total: int
    accepted: int
    rejected: int
    duplicate: int
    rows: list[RowLine]
    balance: str
    caption: str
    running: bool = False
    done: bool = False
    written: int = 0
    failed: str = ""
    tone: str = ""
    pager: PageOfRows | None = None
    hidden: dict[str, str] = field(default_factory=dict)
    rejects_url: str = ""
    notes: list[str] = field(default_factory=list)


@page("import")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The file goes in here; nothing is written yet."""
    language = language_of(request)
    held = office().texts.all()
    names = [(versions.id, pick(today(versions).title, core_language(language))) for versions in held.values()]
    form = RosterForm(names, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        agreement = form.cleaned_data["agreement"]
        data, filename = form.content()
        try:
            found = imports.preview(actor_of(request), data, agreement=agreement)
        except (SheetError, InvalidEntryError) as error:
            form.add_error("file" if request.FILES else "rows", error.text(core_language(language)))
        else:
            if isinstance(found, Denial):
                form.add_error(None, found.text(core_language(language)))
            else:
                hidden = {
                    "agreement": agreement,
                    "filename": filename,
                    "duties": "yes" if form.cleaned_data["duties"] else "",
                    "content": pack(data),
                    "key": uuid4().hex,
                }
                job = _checked(found, hidden, language)
                return render(request, "web/import_job.html", {"job": job})
    context = {
        "form": form,
        "row_limit": times.number_words(MOST_ROWS, language),
        "columns": [
            {"name": heading_of(name, core_language(language)), "required": name in REQUIRED, "help": HELP.get(name, "")}
            for name in COLUMNS
        ],
        "earlier": [_earlier(item) for item in queries.imports(actor_of(request), limit=10).items],
        "node_zone": home_zone(actor_of(request).party),
    }
    return render(request, "web/import.html", context, status=422 if form.errors else 200)


@page("import")
@require_GET
def template_workbook(request: HttpRequest) -> HttpResponse:
    """The same as a workbook, in the reader's language."""
    text = _text_of(request)
    data = workbook_template(text, core_language(language_of(request)))
    headers = {"Content-Disposition": f'attachment; filename="roster-{text.id}.xlsx"'}
    return HttpResponse(data, content_type=XLSX, headers=headers)


@page("import")
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The roster's template of the first agreement, or of the one that is named."""
    text = _text_of(request)
    return _csv(roster_template(text), f"roster-{text.id}.csv")


def _text_of(request: HttpRequest) -> Agreement:
    held = office().texts.all()
    chosen = held.get(request.GET.get("agreement", "")) or next(iter(held.values()), None)
    if chosen is None:
        raise Http404
    return today(chosen)


@page("import")
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Store the roster; from here on it is taken in, whatever happens to this page."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _again(request, _("The file did not arrive whole. Upload it again."))
    data = form.cleaned_data
    if request.POST.get("what") == "rejects":
        found = imports.preview(actor_of(request), data["content"], agreement=data["agreement"])
        if isinstance(found, Denial):
            return _again(request, found.text(core_language(language_of(request))))
        problems = {row.row: row.problems for row in found.rows if row.outcome != "accepted"}
        return _csv(rejects_csv(data["content"], problems, core_language(language_of(request))), "rows-left-out.csv")
    duties = None
    if data["duties"]:
        text = today(office().texts.versions(data["agreement"]))
        duties = list(dict.fromkeys(duty for route in text.routes for duty in duties_of(text, route)))
    try:
        stored = imports.receive(
            actor_of(request),
            data["content"],
            filename=data["filename"],
            agreement=data["agreement"],
            duties=duties,
            key=data["key"],
        )
    except (SheetError, InvalidEntryError) as error:
        return _again(request, error.text(core_language(language_of(request))))
    except KeyConflictError:
        return _again(request, _("This page was used for another file before. Upload the file again."))
    if isinstance(stored, Denial):
        return _again(request, stored.text(core_language(language_of(request))))
    return redirect("web:import-job", stored.id)


@page("import")
@require_GET
def job(request: HttpRequest, identifier: str) -> HttpResponse:
    """How far the import is, and what became of each row."""
    stored = queries.import_of(actor_of(request), identifier)
    if stored is None:
        raise Http404
    return render(request, "web/import_job.html", {"job": _written(request, stored)})


@page("import")
@require_GET
def rejects(request: HttpRequest, identifier: str) -> HttpResponse:
    """The rows that were left out, as they were sent, with the reasons in a further column."""
    stored = queries.import_of(actor_of(request), identifier)
    if stored is None:
        raise Http404
    return _csv(left_out(identifier, core_language(language_of(request))), "rows-left-out.csv")


def _checked(found: Preview, hidden: dict[str, str], language: str) -> Job:
    rows = sorted(found.rows, key=_weight)[:MOST_SHOWN]
    flagged = sum(bool(row.flags) for row in found.rows)
    accepted, rejected, duplicate = (found.count(outcome) for outcome in OUTCOMES)
    total = len(found.rows)
    return Job(
        filename=hidden["filename"],
        step=2,
        total=total,
        accepted=accepted,
        rejected=rejected,
        duplicate=duplicate,
        rows=[
            RowLine(
                line=row.line,
                name=row.wanted.person.name if row.wanted else "",
                badge=OUTCOMES[row.outcome],
                faults=_faults((*row.problems, *row.flags), language),
            )
            for row in rows
        ],
        balance=_balance(total, accepted, rejected, duplicate),
        caption=_caption(len(rows), total),
        tone="wait" if rejected or duplicate or flagged else "",
        hidden=hidden,
        notes=_notes(found, flagged),
    )


def _weight(row: Judged) -> int:
    """What somebody must look at comes first."""
    return {"rejected": 0, "duplicate": 1}.get(row.outcome, 2 if row.flags else 3)


def _notes(found: Preview, flagged: int) -> list[str]:
    """What was taken from the file as a whole, where that is not plain to see."""
    notes = []
    if flagged:
        notes.append(
            ngettext(
                "%(n)d row is good but should be looked at: see its reason below.",
                "%(n)d rows are good but should be looked at: see their reasons below.",
                flagged,
            )
            % {"n": flagged}
        )
    if found.ignored:
        notes.append(_("These columns are not known and are left out: %(columns)s.") % {"columns": ", ".join(found.ignored)})
    if found.others:
        notes.append(_("Only the first sheet was read; these were not: %(sheets)s.") % {"sheets": ", ".join(found.others)})
    if not found.encoding.startswith(("UTF", "XLSX")):
        notes.append(
            _("The file is not in UTF-8; it was read as %(encoding)s. See whether the names are right.")
            % {"encoding": found.encoding}
        )
    return notes


def _written(request: HttpRequest, stored: Import) -> Job:
    language = language_of(request)
    running = stored.finished is None and not stored.failure
    outcome = request.GET.get("show", "")
    found = queries.import_rows(stored.id, outcome=outcome if outcome in OUTCOMES else "", after=request.GET.get("after", ""))
    pager = page_of(request, found.items, found.after)
    names = {} if running else queries.travellers(actor_of(request), [row.journey for row in found.items])
    total = stored.accepted + stored.rejected + stored.duplicate
    return Job(
        filename=stored.filename,
        step=3 if running else 4,
        total=stored.total,
        accepted=stored.accepted,
        rejected=stored.rejected,
        duplicate=stored.duplicate,
        written=stored.done,
        running=running,
        done=not running and not stored.failure,
        failed=stored.failure,
        tone="stop" if stored.failure else "good",
        balance=_balance(stored.total if total == stored.total else total, stored.accepted, stored.rejected, stored.duplicate),
        caption=_caption(len(found.items), stored.total),
        rows=[
            RowLine(
                line=row.line,
                name=names.get(row.journey, ""),
                journey=row.journey,
                badge=OUTCOMES[row.outcome],
                faults=_faults(imports.problems_of(row), language),
            )
            for row in found.items
        ],
        pager=pager,
        rejects_url=reverse("web:import-rejects", args=[stored.id]),
    )


def _faults(problems: Any, language: str) -> tuple[Fault, ...]:
    return tuple(Fault(column=item.column, text=_fault(item, language)) for item in problems)


def _fault(problem: Problem, language: str) -> str:
    return problem_text(problem, core_language(language))


def _balance(total: int, accepted: int, rejected: int, duplicate: int) -> str:
    return _("%(total)d rows = %(accepted)d accepted + %(rejected)d rejected + %(duplicate)d duplicates") % {
        "total": total,
        "accepted": accepted,
        "rejected": rejected,
        "duplicate": duplicate,
    }


def _caption(shown: int, total: int) -> str:
    return _("Row by row (%(shown)d of %(total)d shown)") % {"shown": shown, "total": total}


def _earlier(item: Import) -> dict[str, object]:
    if item.failure:
        state = _("failed")
    elif item.finished is None:
        state = _("being written")
    else:
        state = _balance(item.total, item.accepted, item.rejected, item.duplicate)
    return {
        "filename": item.filename,
        "uploaded": item.received,
        "state": state,
        "rows": item.total,
        "url": reverse("web:import-job", args=[item.id]),
    }


def _again(request: HttpRequest, text: str) -> HttpResponse:
    context = {"title": _("The roster was not stored"), "text": text, "hint": _("Nothing has been written.")}
    return render(request, "web/problem.html", context, status=422)


def _csv(data: bytes, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)
