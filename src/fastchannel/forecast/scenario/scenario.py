"""Scenarios: forecasts that need no agreement, read from one text and answered for every case that it varies over.

`load_scenario` reads a text and finds every mistake; `Scenario.run` answers. docs/how-to/write-a-scenario.md has the language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastchannel.forecast.problem import Flow
from fastchannel.forecast.reading.texts import Text
from fastchannel.forecast.scenario.answers import Answered, answered
from fastchannel.forecast.scenario.cases import Case, read_cases
from fastchannel.forecast.scenario.comparison import Compared, Comparison, compare, read_comparison
from fastchannel.forecast.scenario.draws import Drawing, read_drawing
from fastchannel.forecast.scenario.report import WORKERS, Report, entries, quantiles, read_report
from fastchannel.forecast.scenario.result import ScenarioResult, ScenarioRow
from fastchannel.forecast.scenario.text import TABLES, CaseReader, Prepared, Settings, check_steps, read_settings

Progress = Callable[[int, int], None]  # how many answers are done, and of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario as it was read, checked in every case."""

    settings: Settings
    cases: tuple[Case, ...]
    reports: tuple[Report, ...]
    drawing: Drawing
    comparisons: tuple[Comparison, ...]
    unknowns: tuple[str, ...]  # the figures with intervals, by name
    folder: Path | None
    _reader: CaseReader
    _prepared: tuple[Prepared, ...]
    _quantities: tuple[Mapping[str, float], ...]

    def run(self, progress: Progress | None = None, threads: int | None = None) -> ScenarioResult:
        """Answer every case at every draw. ``threads`` are for people drawn one by one, and change no result.

        Raises PrecisionError where the quadrature does not settle to the tolerance, and TextError where a draw makes the text
        impossible.
        """
        draws = self.drawing.draws(self.unknowns)
        total, rows = len(self.cases) * len(draws), []
        for i, case in enumerate(self.cases):
            found = []
            for j, drawn in enumerate(draws):
                prepared = self._reader.prepared(case, drawn) if self.drawing else self._prepared[i]
                found.append(answered(self.settings, self.reports, prepared, threads))
                if progress is not None:
                    progress(i * len(draws) + j + 1, total)
            rows.append(_row(case, self._quantities[i], found, self.drawing))
        return ScenarioResult(
            settings=self.settings,
            rows=tuple(rows),
            levels=self.drawing.quantiles,
            draws=len(draws) if self.drawing else 0,
        )

    def compared(self, result: ScenarioResult) -> tuple[Compared, ...]:
        """The result against the published tables that the scenario names. Raises FileNotFoundError."""
        return tuple(compare(comparison, self.folder or Path(), result.rows) for comparison in self.comparisons)


def load_scenario(text: str | bytes, *, name: str = "<scenario>", folder: Path | None = None) -> Scenario:
    """Read a scenario. ``folder`` is where the files that it names are; without it, it may name none. Raises TextError."""
    read = Text.read(text, name=name, folder=folder)
    whole = read.whole
    whole.only(TABLES)
    settings = read_settings(whole.needed("scenario", "what the scenario is called"))
    cases = read_cases(whole)
    drawing = read_drawing(whole.part("draws"))
    check_steps(whole, cases)
    read.finish()
    reader = CaseReader(read, settings)
    prepared = tuple(reader.prepared(case, drawing.first) for case in cases)
    unknowns = tuple(dict.fromkeys(unknown for one in prepared for unknown in one.unknowns))
    known = tuple(dict.fromkeys(entry for one in prepared for entry in _known(one)))
    reports = tuple(read_report(part, known) for part in whole.parts("report"))
    dimensions = {dimension for case in cases for dimension in case.labels}
    quantities = {name for one in prepared for name in one.quantities}
    ids = [report.id for report in reports]
    for i, report in enumerate(reports):
        if ids.count(report.id) > 1 or report.id in dimensions or report.id in known:
            read.wrong(("report", i, "id"), f'"{report.id}"', "a name that no other report, dimension or entry has")
    comparisons = tuple(read_comparison(part, dimensions, quantities, tuple(ids)) for part in whole.parts("compare"))
    read.finish()
    return Scenario(
        settings=settings,
        cases=tuple(cases),
        reports=reports,
        drawing=drawing,
        comparisons=comparisons,
        unknowns=unknowns,
        folder=folder,
        _reader=reader,
        _prepared=prepared if not drawing else (),
        _quantities=tuple(one.quantities for one in prepared),
    )


def _known(prepared: Prepared) -> tuple[str, ...]:
    found = entries(Flow.nothing(prepared.way.itinerary), prepared.way, 1.0)
    if prepared.workers is not None:
        found |= entries(Flow.nothing(prepared.workers.itinerary), prepared.workers, 1.0, WORKERS)
    return tuple(found)


def _row(case: Case, quantities_of_case: Mapping[str, float], found: list[Answered], drawing: Drawing) -> ScenarioRow:
    """The mean over draws, and the quantiles of the reports."""
    return ScenarioRow(
        case=case,
        quantities=quantities_of_case,
        entries=_mean([one.entries for one in found]),
        reports=_mean([one.reports for one in found]),
        standard_errors=found[0].errors if not drawing else {},
        quantiles={
            name: quantiles([one.reports[name] for one in found], drawing.quantiles) for name in found[0].reports if drawing
        },
    )


def _mean(found: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(one[name] for one in found) / len(found) for name in found[0]}
