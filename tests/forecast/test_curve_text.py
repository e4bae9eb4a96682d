"""Each kind of curve and distribution is read as it is written; what is impossible is a mistake with its line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastchannel.agreement.mistakes import Mistake
from fastchannel.forecast.infection.curves import (
    Constant,
    Curve,
    Density,
    ExponentialRise,
    LogisticPolynomial,
    Moved,
    Pieces,
    Product,
    Rising,
    Table,
    ThroughLevel,
    peak,
)
from fastchannel.forecast.infection.distributions import (
    Atoms,
    Distribution,
    Gamma,
    Growing,
    Lognormal,
    Normal,
    Point,
    Steps,
    Uniform,
    Weibull,
)
from fastchannel.forecast.reading.curve_text import (
    CURVE_KEYS,
    CURVES,
    DISTRIBUTIONS,
    MOST_ROWS,
    read_curve,
    read_distribution,
    read_duration,
    within,
)
from fastchannel.forecast.reading.texts import Part, Text, TextError

LOAD = Density(Gamma(4.0, 1.5))


def part_of(written: str, folder: Path | None = None, values: dict[str, float] | None = None) -> Part:
    text = Text.read(f"\n[it]\n{written}", folder=folder)
    text.values = values or {}
    return text.whole.needed("it", "it")


def distribution(written: str) -> Distribution:
    part = part_of(written, values={"q": 14.0})
    found = read_distribution(part)
    part.text.finish()
    return found


def curve(written: str, folder: Path | None = None, values: dict[str, float] | None = None) -> Curve:
    part = part_of(written, folder, values)
    found = read_curve(part, {"infectiousness": LOAD})
    part.text.finish()
    return found


def mistakes(written: str, folder: Path | None = None, *, duration: bool = False, named: bool = True) -> tuple[Mistake, ...]:
    """What is wrong with a curve, or with a length of time; none where nothing is."""
    part = part_of(written, folder)
    if duration:
        read_duration(part)
    else:
        within(part, read_curve(part, {"infectiousness": LOAD} if named else None, (0.0, 1.0)), 0.0, 1.0, "a sensitivity")
    try:
        part.text.finish()
    except TextError as error:
        return error.mistakes
    return ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("days = 5", Point(5.0)),
        ('days = "q - 1"', Point(13.0)),
        ("gamma = { shape = 7.2, scale = 0.8 }", Gamma(7.2, 0.8)),
        ("gamma = { shape = 4, mean = 6, shift = -1 }", Gamma(4.0, 1.5, -1.0)),
        ("erlang = { shape = 3, scale = 2 }", Gamma(3.0, 2.0)),
        ("exponential = { mean = 3 }", Gamma(1.0, 3.0)),
        ("weibull = { shape = 2.75, scale = 12 }", Weibull(2.75, 12.0)),
        ("lognormal = { mean_log = 1.621, sd_log = 0.418 }", Lognormal(1.621, 0.418)),
        ("lognormal = { median = 5, sd_log = 0.4, shift = 1 }", Lognormal(math.log(5.0), 0.4, 1.0)),
        ("normal = { mean = -1, sd = 2 }", Normal(-1.0, 2.0)),
        ("uniform = [-7, 0]", Uniform(-7.0, 0.0)),
        ('uniform = ["-q", "q - 7"]', Uniform(-14.0, 7.0)),
        ("growing = { from = -14, until = 0, rate = 0.1 }", Growing(-14.0, 0.0, 0.1)),
        ("growing = { from = -14, until = 0, rate = 0 }", Uniform(-14.0, 0.0)),
        ("values = { at = [3, 5], weights = [1, 2] }", Atoms((3.0, 5.0), (1.0, 2.0))),
        ("values = { at = [3, 5] }", Atoms((3.0, 5.0), (1.0, 1.0))),
        ("steps = { edges = [-2, -1, 0], counts = [4, 6] }", Steps((-2.0, -1.0, 0.0), (4.0, 6.0))),
    ],
)
def test_each_kind_of_distribution_is_read(written: str, expected: Distribution) -> None:
    assert distribution(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("gamma = { shape = 7.2, scale = 0.8 }", Density(Gamma(7.2, 0.8))),
        ("lognormal = { mean_log = 1.6, sd_log = 0.5 }\ncumulative = true", Rising(Lognormal(1.6, 0.5))),
        ("constant = 0.7", Constant(0.7)),
        ("constant = 0.7\nfrom = 2\nuntil = 5", Constant(0.7, 2.0, 5.0)),
        ("table = [[0, 0.1], [2, 0.7]]", Table((0.0, 2.0), (0.1, 0.7))),
        ("table = [{ day = 0, value = 0.1 }, { day = 2, value = 0.7, low = 0.5, high = 0.8 }]", Table((0.0, 2.0), (0.1, 0.7))),
        ("table = [[0, 0.1], [2, 0.7]]\nbetween = 'pchip'\nheld = true", Table((0.0, 2.0), (0.1, 0.7), "pchip", True)),
        ("logistic = [1.5, 2.2, -0.2]\ncentre = 3.2\nuntil = 30", LogisticPolynomial((1.5, 2.2, -0.2), 3.2, 0.0, 30.0)),
        ("exponential_rise = { rate = 1.3, at = 4 }", ExponentialRise(1.3, 4.0)),
        (
            "pieces = [{ constant = 0.2, until = 3 }, { constant = 0.5, from = 1, until = 9 }]",
            Pieces((Constant(0.2), Constant(0.5, 1.0, 9.0)), (3.0,)),
        ),
        ("product = [{ constant = 0.5 }, { uniform = [0, 4] }]", Product(Constant(0.5), Density(Uniform(0.0, 4.0)))),
        ("level_of = 'infectiousness'", LOAD),
        ("level_of = 'infectiousness'\ntimes = 2\nshift = 1", Moved(LOAD, 1.0, 2.0)),
        ("uniform = [0, 4]\nnormalise = 'peak'\ntimes = 0.8", Moved(Density(Uniform(0.0, 4.0)), 0.0, 0.8 / 0.25)),
        ("constant = 3\nuntil = 4\nnormalise = 'total'", Moved(Constant(3.0, 0.0, 4.0), 0.0, 1.0 / 12.0)),
        ("constant = 3\nnormalise = 'no'", Constant(3.0)),
    ],
)
def test_each_kind_of_curve_is_read(written: str, expected: Curve) -> None:
    assert curve(written) == expected


def test_a_piece_that_joins_meets_the_next_one() -> None:
    found = curve(
        "pieces = [{ exponential_rise = { rate = 1.2, at = 4 }, until = 3, join = true }, { level_of = 'infectiousness' }]"
    )
    before, after = found.values(np.array([3.0 - 1e-9, 3.0]))
    assert before == pytest.approx(after, rel=1e-6)
    assert after == pytest.approx(float(LOAD.values(np.array(3.0))))


def test_a_sensitivity_that_follows_the_load_is_read() -> None:
    found = curve("through = { level = 'infectiousness', until = 25, after_peak = { logistic = [4, -0.5] } }")
    assert isinstance(found, ThroughLevel)
    assert found.start == pytest.approx(4.5, abs=1e-3)
    assert float(found.values(np.array(10.0))) == pytest.approx(1.0 / (1.0 + math.exp(1.0)), abs=1e-4)


def test_normalising_brings_the_peak_or_the_total_to_one() -> None:
    assert peak(curve("gamma = { shape = 3, scale = 2 }\nnormalise = 'peak'"))[1] == pytest.approx(1.0, rel=1e-6)
    assert curve("logistic = [2, -0.5]\nuntil = 20\nnormalise = 'total'").total == pytest.approx(1.0)


# what is written, part of what was found, part of what was expected or of the hint, and the line (the first is 3)
WRONG: dict[str, tuple[str, str, str, int]] = {
    "nothing": ("", "a table", "one curve, one of constant, table", 2),
    "two curves": ("constant = 1\nuniform = [0, 1]", "a table", "one curve", 2),
    "unknown kind": ("constnt = 1", "a table", "one curve", 2),
    "unknown key": ("constant = 1\nfrm = 0", '"frm"', 'Did you mean "from"?', 4),
    "unknown key inside": ("gamma = { shape = 2, scal = 1 }", '"scal"', 'Did you mean "scale"?', 3),
    "key of another kind": ("constant = 1\nheld = true", '"held"', "one of constant", 4),
    "cumulative without a distribution": ("constant = 1\ncumulative = true", '"cumulative"', "one of constant", 4),
    "number for a table": ("gamma = 3", "3", "a table", 3),
    "shape missing": ("gamma = { scale = 1 }", "nothing", 'the key "shape": a number above 0', 3),
    "shape nought": ("gamma = { shape = 0, scale = 1 }", "0", "a number above 0", 3),
    "scale not finite": ("gamma = { shape = 1, scale = inf }", "inf", "a number above 0", 3),
    "no number": ("gamma = { shape = nan, scale = 1 }", "nan", "a number above 0", 3),
    "expression of the unknown": ('gamma = { shape = "p - 1", scale = 1 }', '"p - 1"', "a number above 0", 3),
    "value without a density": ("days = 3", "3", "a distribution with a density", 3),
    "values without a density": ("values = { at = [1] }", "a table", "a distribution with a density", 3),
    "uniform backwards": ("uniform = [3, 3]", "a list", "the second after the first", 3),
    "uniform of one": ("uniform = [3]", "a list", "a list of 2 numbers", 3),
    "growing backwards": ("growing = { from = 0, until = -1, rate = 1 }", "-1", 'a time after "from"', 3),
    "growing beyond numbers": ("growing = { from = 0, until = 100, rate = 9 }", "9", "a rate that makes less", 3),
    "steps backwards": ("steps = { edges = [0, 2, 1], counts = [1, 1] }", "a list", "edges that increase", 3),
    "steps of too few counts": ("steps = { edges = [0, 1, 2], counts = [1] }", "a list", "a list of 2 numbers", 3),
    "steps without anybody": ("steps = { edges = [0, 1], counts = [0] }", "a list", "not all nought", 3),
    "so narrow that it is one value": ("normal = { mean = 1, sd = 1e-9 }", "between 1 and 1", "days, and between", 2),
    "so wide that it never ends": ("lognormal = { mean_log = 19, sd_log = 9 }", "between 0 and", "days, and between", 2),
    "shape next to nought": ("weibull = { shape = 1e-9, scale = 1 }", "1e-09", "a number from 0.05", 3),
    "sensitivity above 1": ("constant = 1.2", "1.2 on day 0", "a sensitivity from 0 to 1", 2),
    "sensitivity below 0": ("table = [[0, 0.1], [1, 0.5]]\ntimes = -1", "-0.5 on day 1", "a sensitivity from 0 to 1", 2),
    "sensitivity above 1 at one knot": ("table = [[0, 0.1],\n[1, 1.01],\n[2, 0]]", "1.01", "a number from 0 to 1", 4),
    "sensitivity above 1 by its interval": (
        "table = [[0, 0.1], { day = 1, value = 0.9, low = 0.5, high = 1.1 }]",
        "0.9 with the interval 0.5 to 1.1",
        "a number from 0 to 1",
        3,
    ),
    "knots out of order": ("table = [[0, 0], [2, 1], [1, 0]]", "a table", "each after the one before", 2),
    "a knot twice": ("table = [[0, 0], [2, 1], [2, 0]]", "a table", "each after the one before", 2),
    "one knot": ("table = [[0, 0.5]]", "a table", "at least two times", 2),
    "no knots": ("table = []", "a list", "a list of pairs", 3),
    "a knot of three": ("table = [[0, 0.5], [1, 2, 3]]", "a list", "a pair of a day and a value", 3),
    "a knot of words": ("table = [[0, 0.5],\n['one', 2]]", '"one"', "a number", 4),
    "a knot without a day": ("table = [{ value = 1 }, [1, 1]]", "nothing", 'the key "day"', 3),
    "a knot without a value": ("table = [{ day = 0 }, [1, 1]]", "nothing", 'the key "value"', 3),
    "a knot with a slip": ("table = [{ day = 0, value = 1, hihg = 2 }, [1, 1]]", '"hihg"', "one of value, low, high", 3),
    "unknown way between knots": ("table = [[0, 0], [1, 1]]\nbetween = 'spline'", '"spline"', "one of linear, pchip, step", 4),
    "logistic of nothing": ("logistic = []", "a list", "coefficients", 3),
    "logistic of too many": (f"logistic = {[1] * 40}", "a list", "coefficients", 3),
    "rise beyond numbers": ("exponential_rise = { rate = 90, at = 90 }", "90", "a rate that makes less", 3),
    "rise that falls": ("exponential_rise = { rate = -1, at = 90 }", "-1", "a number above 0", 3),
    "one piece": ("pieces = [{ constant = 1 }]", "a list", "at least two curves", 3),
    "pieces out of order": (
        "pieces = [{ constant = 1, until = 3 }, { constant = 1, until = 3 }, { constant = 1 }]",
        "a list",
        "after the one before",
        3,
    ),
    "a piece without an end": ("pieces = [{ constant = 1 }, { constant = 1 }]", "nothing", 'the key "until"', 3),
    "a piece that cannot join": (
        "pieces = [{ constant = 0, until = 3, join = true }, { constant = 1 }]",
        "true",
        "above nought at its end",
        3,
    ),
    "pieces without end": ("pieces = [" + "{ constant = 1 }, " * 400 + "]", "a list", "at most 100 curves", 3),
    "a last piece that joins nothing": (
        "pieces = [{ constant = 1, until = 3 }, { constant = 1, join = true }]",
        '"join"',
        "one of constant",
        3,
    ),
    "product of three": (
        "product = [{ constant = 1 }, { constant = 1 }, { constant = 1 }]",
        "a list",
        "a list of two curves",
        3,
    ),
    "level of the unknown": ("level_of = 'infectiousnes'", '"infectiousnes"', 'Did you mean "infectiousness"?', 3),
    "through nothing": ("through = {}", "nothing", 'the key "level"', 3),
    "through to before the peak": (
        "through = { level = 'infectiousness', until = 1, after_peak = { constant = 1 } }",
        "1",
        "a time after the peak at 4.5",
        3,
    ),
    "nothing to normalise": ("constant = 0\nnormalise = 'total'", '"total"', "somewhere above nought", 4),
    "a curve without end": ("constant = 1\nuntil = 1e9", "to day 1e+09", "one of at most 10000 days", 2),
    "a curve that ends before it begins": ("constant = 1\nfrom = 5\nuntil = 4", "from day 5 to day 4", "one of at most", 2),
    "a curve moved out of time": ("constant = 1\nshift = 1e9", "1000000000.0", "at most 1e+07 days", 4),
    "a curve beyond all bounds": ("constant = 1e12\ntimes = 1e12", "beyond all bounds", "heights up to", 2),
    "no file": ("file = 'curve.csv'", '"curve.csv"', "this text stands alone", 3),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_has_its_line_what_was_found_and_what_was_expected(name: str) -> None:
    written, found, expected, line = WRONG[name]
    every = mistakes(written)
    assert any(
        found in mistake.found and expected in f"{mistake.expected}. {mistake.hint}" and mistake.line == line
        for mistake in every
    ), every


@pytest.mark.parametrize(
    "kind", ["level_of = 'infectiousness'", "through = { level = 'infectiousness', after_peak = { constant = 1 } }"]
)
def test_a_curve_that_is_not_there_cannot_be_referred_to(kind: str) -> None:
    assert any("no curve here" in mistake.expected for mistake in mistakes(kind, named=False))


@pytest.mark.parametrize(
    "written",
    ["days = -1", "uniform = [-1, 3]", "normal = { mean = 5, sd = 1 }", "gamma = { shape = 1, scale = 1, shift = -0.1 }"],
)
def test_a_length_of_time_is_never_negative(written: str) -> None:
    assert any("never negative" in mistake.expected for mistake in mistakes(written, duration=True))


def test_all_kinds_are_tried_here() -> None:
    tried = " ".join(written for written, *_ in WRONG.values())
    assert all(f"{kind} =" in tried or kind == "erlang" or kind == "exponential" for kind in (*DISTRIBUTIONS, *CURVES))


FILES = {
    "not there": (None, "a file that is there"),
    "empty": ("", "a CSV file of 1 to"),
    "only names": ("day,value\n", "a CSV file of 1 to"),
    "no such column": ("day,height\n0,1\n1,1\n", "a CSV file with the column 'value'"),
    "holes": ("day,value\n0,1\n1,\n2,1\n", "numbers in the columns day and value"),
    "short rows": ("day,value\n0,1\n1\n2,1\n", "numbers in the columns day and value"),
    "words": ("day,value\n0,1\n1,many\n", "numbers in the columns day and value"),
    "not a number": ("day,value\n0,1\n1,nan\n", "a number in every row"),
    "not finite": ("day,value\n0,1\n1,1e999\n", "a number in every row"),
    "out of order": ("day,value\n0,1\n2,1\n1,1\n", "each after the one before"),
    "a field without end": ('day,value\n"' + "x" * 200_000, "numbers in the columns"),
    "NUL": ("day,value\n0,1\n1\0,1\n", "numbers in the columns"),
    "too many rows": ("day,value\n" + "0,0\n" * (MOST_ROWS + 1), "a CSV file of 1 to"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_curve_is_a_mistake_on_its_line(name: str, tmp_path: Path) -> None:
    content, expected = FILES[name]
    if content is not None:
        (tmp_path / "curve.csv").write_text(content)
    found = mistakes("\nfile = 'curve.csv'", tmp_path)
    assert any(expected in mistake.expected for mistake in found), found
    assert all(mistake.line in {2, 4} for mistake in found)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", ".", "", "a\\u0000b", "x" * 5_000, "link.csv"])
def test_a_text_reads_no_file_outside_its_folder(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("day,value\n0,0.1\n1,0.2\n")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    found = mistakes(f'file = "{name}"', inside)
    assert [mistake.line for mistake in found] == [3]


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_bytes(b"day,value\n0,\xff\xfe\n")
    assert mistakes("file = 'curve.csv'", tmp_path)


def test_a_file_gives_two_of_its_columns(tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_text("\ufefft,other,p\n0,9,0.1\n2,9,0.7\n")
    found = curve("file = 'curve.csv'\ntime = 't'\nvalue = 'p'\nbetween = 'step'", tmp_path)
    assert found == Table((0.0, 2.0), (0.1, 0.7), "step")


@pytest.mark.parametrize(("draw", "expected"), [(0.0, (0.1, 0.7)), (1.0, (0.2, 0.3)), (2.0, (0.1, 0.7))])
def test_a_file_of_draws_gives_the_draw_that_is_asked_for(draw: float, expected: tuple[float, ...], tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_text("k,day,value\na,0,0.1\nb,0,0.2\na,2,0.7\nb,2,0.3\n")
    assert curve("file = 'curve.csv'\ndraw = 'k'", tmp_path, {"draw": draw}) == Table((0.0, 2.0), expected)
    (tmp_path / "empty.csv").write_text("k,day,value\n")
    assert mistakes("file = 'empty.csv'\ndraw = 'k'", tmp_path)


NUMBERS = (
    st.integers(-3, 30)
    | st.floats()
    | st.floats(0.0, 20.0)
    | st.sampled_from([0, 1, 5, 1e-300, 5e-324, 1e12, -1e12, 1e300, 10**400, math.nan, math.inf, -math.inf])
    | st.sampled_from(["q", "q - 1", "q +", "1e999", ""])
)
FIGURES = NUMBERS | st.fixed_dictionaries({"value": NUMBERS}, optional={"low": NUMBERS, "high": NUMBERS, "lo": NUMBERS})
LISTS = st.lists(FIGURES, max_size=5)
OTHERS: st.SearchStrategy[Any] = st.booleans() | st.dates() | st.text(max_size=5) | st.just({}) | st.just([]) | st.just([[]])
INNER_KEYS = [
    "shape", "scale", "mean", "shift", "mean_log", "sd_log", "median", "sd", "from", "until", "rate", "at", "weights", "edges",
    "counts", "level", "after_peak", "step",
]  # fmt: skip
OUTER = {
    **dict.fromkeys(("shift", "times", "centre", "from", "until", "days", "constant"), FIGURES),
    "uniform": LISTS,
    "logistic": LISTS,
    "normalise": st.sampled_from(["total", "peak", "no", "yes"]),
    "between": st.sampled_from(["linear", "pchip", "step"]),
    "level_of": st.just("infectiousness"),
    "file": st.sampled_from(["curve.csv", "..", "\0"]),
    "draw": st.just("k"),
    "cumulative": st.booleans(),
    "held": st.booleans(),
    "table": st.lists(st.lists(FIGURES, min_size=2, max_size=2) | FIGURES, max_size=5),
}
INNER: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(INNER_KEYS), FIGURES | LISTS | st.just("infectiousness") | OTHERS, max_size=4
)


def raw_curves(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Tables that look like curves: one kind, often right, with whatever beside it."""
    kinds: dict[str, st.SearchStrategy[Any]] = {key: OUTER.get(key, INNER) for key in (*DISTRIBUTIONS, *CURVES)}
    kinds |= {"pieces": st.lists(inner, max_size=4), "product": st.lists(inner, min_size=2, max_size=2)}
    kinds |= {
        "through": st.fixed_dictionaries({"level": st.just("infectiousness"), "after_peak": inner}, optional={"until": FIGURES})
    }
    beside = st.fixed_dictionaries(
        {},
        optional={key: OUTER[key] | OTHERS for key in ("shift", "times", "normalise", "held", "from", "until", "cumulative")},
    )
    return st.sampled_from(sorted(kinds)).flatmap(
        lambda kind: st.tuples(kinds[kind] | OTHERS, beside).map(lambda both: {**both[1], kind: both[0]})
    )


RAW = raw_curves(raw_curves(raw_curves(st.just({"constant": 1.0, "until": 3.0}))))


@given(RAW)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_whatever_stands_there_is_a_sound_curve_or_our_error(raw: dict[str, Any]) -> None:
    text = Text({"it": raw}, folder=Path(__file__).parent, values={"q": 14.0})
    part = text.whole.needed("it", "it")
    found = read_curve(part, {"infectiousness": LOAD}, (0.0, 1.0))
    within(part, found, 0.0, 1.0, "a sensitivity")
    assert math.isfinite(found.total)
    assert np.all(np.isfinite(found.values(np.linspace(-50.0, 1_000.0, 97))))
    if text.found:
        with pytest.raises(TextError):
            text.finish()


@given(st.dictionaries(st.sampled_from([*DISTRIBUTIONS]), INNER | FIGURES | LISTS | OTHERS, min_size=1, max_size=2))
@settings(max_examples=200, deadline=None)
def test_whatever_stands_there_is_a_sound_length_of_time_or_our_error(raw: dict[str, Any]) -> None:
    text = Text({"it": raw}, values={"q": 14.0})
    found = read_duration(text.whole.needed("it", "it"))
    assert 0.0 <= found.support[0] <= found.support[1] < math.inf
    assert math.isfinite(found.mean)
    assert np.all(np.diff(found.quantile(np.array([1e-9, 0.01, 0.5, 0.99, 1.0 - 1e-9]))) >= 0.0)
    if text.found:
        with pytest.raises(TextError):
            text.finish()


@given(st.dictionaries(st.sampled_from(CURVE_KEYS), OTHERS | FIGURES | LISTS, max_size=4))
@settings(deadline=None)
def test_values_of_the_wrong_kind_raise_only_our_error(raw: dict[str, Any]) -> None:
    text = Text({"it": raw})
    read_curve(text.whole.needed("it", "it"))
    if text.found:
        with pytest.raises(TextError):
            text.finish()
