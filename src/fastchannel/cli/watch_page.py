"""A replay or a comparison as one file of HTML that needs nothing else: the chart is in it, and no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from fastchannel.cli.watch_data import Replayed
from fastchannel.cli.watch_print import COLUMNS, outcome_cells
from fastchannel.forecast.shown.charts import FONTS, Chart, render
from fastchannel.terms.language import N_, pick, translate
from fastchannel.watch.triggers.outcomes import Outcome
from fastchannel.watch.triggers.states import Kind
from fastchannel.watch.triggers.words import TriggerWords

STYLE = """
body{font-family:%s;color:#222;max-width:62rem;margin:2rem auto;padding:0 1rem;line-height:1.45}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ddd}
td.number{text-align:right;white-space:nowrap}.chart{overflow-x:auto}.small{color:#555;font-size:.9rem;overflow-wrap:anywhere}
dt{font-weight:bold;margin-top:.6rem}dd{margin-left:1.2rem}
"""
OPEN = N_(
    "For each line that flew, else for each region or route, the days on which its traffic was not stopped; the mean over "
    "them, of all days."
)
ADMITTED = N_(
    "Travellers found positive on flights that arrived on days open to their line; without flights, the imported cases of the "
    "destination, each day's in proportion to what was open. Then all imports."
)
LEAD = N_(
    "Days from the first announcement, at most {days} days before or after the beginning of an event, to that beginning: the "
    "middle one of all events. Above zero, the rule came first."
)
DEFINITIONS = (
    (N_("Days open"), OPEN),
    (N_("Imports admitted"), ADMITTED),
    (N_("Event"), N_("What the rule is to keep away, judged on the figures as they are known last: {event}")),
    (N_("False alarms"), N_("Stops after whose announcement no event is on for {days} days.")),
    (N_("Lead time, days"), LEAD),
    (N_("Events missed"), N_("Events with no announcement within {days} days.")),
    (N_("Days that could not be told"), N_("Days on which a figure that some trigger needs was not reported.")),
)


def replay_page(replayed: Replayed, chart: Chart, language: str) -> str:
    """The chart, every change of state with its reasons, and every stop."""
    words, line = TriggerWords(replayed.agreement, language), replayed.timeline
    title = pick(replayed.agreement.title, language)
    days = [
        (f"{day.day}", words.subject(day.subject), words.state(day.state), f"{day.last or ''}", words.why(day))
        for day in line.changes()
    ]
    stops = [
        (
            f"{stop.announced}",
            f"{stop.first}",
            f"{stop.last or ''}",
            words.subject(stop.subject),
            words.trigger(stop.trigger),
            words.under_way(stop) if stop.kind is not Kind.FREQUENCY else "",
        )
        for stop in line.stops
    ]
    said = (N_("Announced"), N_("From"), N_("Until"), N_("What"), N_("Stopped by"), N_("Those under way"))
    return _page(
        title,
        language,
        f'<p class="small">{escape(_named(replayed))} · {line.first} – {line.last}</p>',
        _picture(chart, title),
        _table(language, (N_("Date"), N_("What"), N_("State"), N_("Until"), N_("Why")), days),
        _table(language, said, stops) if stops else f"<p>{escape(translate(N_('Nothing was stopped.'), language))}</p>",
    )


def comparison_page(
    replays: Sequence[Replayed],
    names: Sequence[str],
    outcomes: Sequence[Outcome],
    chart: Chart,
    language: str,
    *,
    event: str,
    horizon_days: int,
) -> str:
    """One row for each rule, the strips, and what each column means."""
    title = translate(N_("What each rule would have done"), language)
    line = replays[0].timeline
    rows = [(name, *outcome_cells(found, language)) for name, found in zip(names, outcomes, strict=True)]
    meant = "".join(
        f"<dt>{escape(translate(name, language))}</dt>"
        f"<dd>{escape(translate(words, language, event=event, days=horizon_days))}</dd>"
        for name, words in DEFINITIONS
    )
    texts = "".join(f"<li>{escape(pick(one.agreement.title, language))}: {escape(_named(one))}</li>" for one in replays)
    return _page(
        title,
        language,
        f'<p class="small">{line.first} – {line.last}</p>',
        _table(language, COLUMNS, rows, numbers=True),
        _picture(chart, title),
        f"<h2>{escape(translate(N_('What the columns mean'), language))}</h2><dl>{meant}</dl>",
        f"<h2>{escape(translate(N_('The texts'), language))}</h2><ul class='small'>{texts}</ul>",
    )


def _named(replayed: Replayed) -> str:
    text = replayed.agreement
    return f"{text.id}@{text.version} {text.digest}"


def _picture(chart: Chart, title: str) -> str:
    return f'<div class="chart" role="img" aria-label="{escape(title)}">{render(chart, "svg").decode()}</div>'


def _table(language: str, headings: Iterable[str], rows: Iterable[Sequence[str]], *, numbers: bool = False) -> str:
    head = "".join(f'<th scope="col">{escape(translate(heading, language))}</th>' for heading in headings)
    body = "".join(
        "<tr>" + "".join(_cell(cell, number=numbers and index > 0) for index, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str, *, number: bool) -> str:
    kind = ' class="number"' if number else ""
    return f"<td{kind}>{escape(text)}</td>"


def _page(title: str, language: str, *parts: str) -> str:
    style = STYLE % FONTS[language]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body><main><h1>{escape(title)}</h1>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )
