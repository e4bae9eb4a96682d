"""Sweeps: whole after any interruption, refused for other inputs, the same on any number of workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fastchannel.forecast.grid.grid import Prepared, prepare
from fastchannel.forecast.infection.course import Assay, Course, Response, Stage
from fastchannel.forecast.infection.curves import Density, Moved
from fastchannel.forecast.infection.distributions import Gamma, Lognormal, Uniform
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.problem import Outbreak, Stratum
from fastchannel.forecast.sweep import IDENTITY, SweepError, read, sweep

ITINERARIES = [
    Itinerary(
        stays=(
            Stay(id="flight", start=0.0, region="transit", contact=0.5),
            Stay(id="quarantine", start=0.5, region="quarantine", contact=0.1, workers=0.05),
            Stay(id="free", start=0.5 + days, region="community"),
        ),
        screens=(Screen(id="test", assay=0, sampled=0.9 * days, effect=days),),
        watches=(Watch(id="watch", start=0.5, end=days, compliance=0.8, delay=0.5),),
        release=days,
        completion=days,
    )
    for days in np.linspace(1.0, 14.0, 7)
]


def draw(reproduction_number: float) -> Prepared:
    course = Course(
        stages=(Stage(name="incubation", duration=Lognormal(1.6, 0.4)),),
        onset=1,
        symptomatic=0.7,
        symptoms_days=10.0,
        infectiousness=Response(curve=Moved(Density(Gamma(3.0, 2.0)), factor=reproduction_number)),
    )
    stratum = Stratum(name="people", weight=5.0, exposure=Uniform(-20.0, 0.0), course=course)
    naat = Assay(name="naat", sensitivity=Response(curve=Moved(Density(Gamma(5.0, 2.0)), factor=6.0)))
    return prepare((stratum,), (naat,), Outbreak(reproduction_number=1.5, dispersion=0.4))


DRAWS = [draw(1.5), draw(3.0)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class InterruptedSweepError(Exception):
    """Stands for the end of the process."""


def test_interrupted_sweep_goes_on_where_it_stopped_and_ends_the_same(tmp_path: Path) -> None:
    whole = sweep(ITINERARIES, DRAWS, tmp_path / "whole", part_itineraries=2)
    seen: list[int] = []

    def stop_after_two(done: int, _total: int) -> None:
        seen.append(done)
        if len(seen) == 3:
            raise InterruptedSweepError

    out = tmp_path / "interrupted"
    with pytest.raises(InterruptedSweepError):
        sweep(ITINERARIES, DRAWS, out, progress=stop_after_two, part_itineraries=2)
    left = {path.name: path.stat().st_mtime_ns for path in out.glob("draw-*.parquet")}
    assert 0 < len(left) < 8
    told: list[tuple[int, int]] = []
    sweep(ITINERARIES, DRAWS, out, progress=lambda done, total: told.append((done, total)), part_itineraries=2)
    assert 0 < told[0][0] < told[-1][0] == told[-1][1] == 14
    assert all((out / name).stat().st_mtime_ns == time for name, time in left.items())
    assert contents(out) == contents(whole)


def test_part_that_was_being_written_when_the_process_died_is_made_anew(tmp_path: Path) -> None:
    whole = sweep(ITINERARIES, DRAWS, tmp_path / "whole", part_itineraries=4)
    out = sweep(ITINERARIES, DRAWS, tmp_path / "out", part_itineraries=4)
    name = "draw-00001-from-00000004.parquet"
    half = (out / name).read_bytes()[:100]
    (out / name).unlink()
    (out / f".{name}.1").write_bytes(half)
    sweep(ITINERARIES, DRAWS, out, part_itineraries=4)
    assert contents(out) == contents(whole)
    assert read(out).collect().height == 14


def test_folder_of_another_sweep_is_refused(tmp_path: Path) -> None:
    out = sweep(ITINERARIES, DRAWS, tmp_path / "out")
    before = contents(out)
    with pytest.raises(SweepError, match="holds another sweep"):
        sweep(ITINERARIES, [DRAWS[0], draw(3.1)], out)
    with pytest.raises(SweepError, match="holds another sweep"):
        sweep([*ITINERARIES[:-1], replace(ITINERARIES[-1], release=15.0)], DRAWS, out)
    assert contents(out) == before


def test_parts_without_a_record_or_with_a_broken_one_are_refused(tmp_path: Path) -> None:
    out = sweep(ITINERARIES, DRAWS, tmp_path / "out")
    (out / IDENTITY).write_text("{}", encoding="utf-8")
    with pytest.raises(SweepError, match="not the record"):
        sweep(ITINERARIES, DRAWS, out)
    (out / IDENTITY).unlink()
    with pytest.raises(SweepError, match="says of which"):
        sweep(ITINERARIES, DRAWS, out)
    with pytest.raises(SweepError, match="run the sweep first"):
        read(tmp_path)


def test_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    one = sweep(ITINERARIES, DRAWS, tmp_path / "one", workers=1, part_itineraries=3)
    many = sweep(ITINERARIES, DRAWS, tmp_path / "many", workers=4, part_itineraries=3)
    assert contents(one) == contents(many)


def test_rows_are_the_flows_per_infected_person(tmp_path: Path) -> None:
    frame = read(sweep(ITINERARIES, DRAWS, tmp_path / "out", part_itineraries=3)).sort("draw", "itinerary").collect()
    assert frame.select("itinerary", "draw").rows() == [(i, d) for d in range(2) for i in range(7)]
    row = frame.filter((pl.col("itinerary") == 4) & (pl.col("draw") == 1)).row(0, named=True)
    flow = DRAWS[1].flows(ITINERARIES).flow(4)
    assert row["infected"] == flow.infected
    one = flow.per_infected
    for name in ("travelling", "released_infected", "released_infectious", "completed_infected", "seeding"):
        assert row[name] == pytest.approx(getattr(one, name), rel=1e-6)
    assert row["detected"] == pytest.approx(one.detected.sum(), rel=1e-6)
    assert row["potential"] == pytest.approx(one.potential.sum(), rel=1e-6)
    assert row["potential_counted"] == pytest.approx(one.potential[2], rel=1e-6)
    assert row["infectious_days_counted"] == pytest.approx(one.infectious_days[2], rel=1e-6)
    assert row["workers"] == pytest.approx(one.workers[1], rel=1e-6)
