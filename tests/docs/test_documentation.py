"""What the documentation says can be done can be done, and its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from fastchannel.cli.main import build
from fastchannel.cli.reference import commands
from fastchannel.forecast.infection.pathogens import load_profile, shipped_profile
from fastchannel.forecast.practice import default_practice, load_practice

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FORECAST = [DOCS / "how-to" / f"{name}.md" for name in ("forecast-an-agreement", "write-a-pathogen-profile")]
NAMES = [str(page.relative_to(DOCS)) for page in PAGES]


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {"".join(c for c in heading.lower().replace(" ", "-") if c.isalnum() or c in "-_") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_each_link_leads_to_a_page_and_to_a_heading_of_it(page: Path) -> None:
    for path, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("page", FORECAST, ids=lambda page: page.stem)
def test_each_command_of_the_how_to_is_one_that_exists_with_the_options_that_it_names(page: Path) -> None:
    known = {path: made for path, made, _ in commands(build())}
    lines = [line for block in blocks(page, "sh") for line in block.splitlines() if line.startswith("fastchannel ")]
    assert lines
    for line in lines:
        words = shlex.split(line)
        path = next(path for path in known if words[: len(path.split())] == path.split())
        assert path.startswith("fastchannel forecast ")
        options = {name for parameter in known[path].params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_the_profile_of_the_how_to_is_whole() -> None:
    whole, figure = blocks(DOCS / "how-to" / "write-a-pathogen-profile.md", "toml")
    profile = load_profile(whole)
    assert set(profile.at().assays) == {"naat", "antigen"}
    assert profile.at().immunity is not None
    published = tomllib.loads(figure)["dispersion"]
    shipped = tomllib.loads(shipped_profile("sars-cov-2-ancestral").written)["infectiousness"]["dispersion"]
    assert {key: shipped[key] for key in ("value", "low", "high", "source", "doi")} == {
        key: published[key] for key in ("value", "low", "high", "source", "doi")
    }


def test_the_practice_that_ships_can_be_copied_and_read_again() -> None:
    assert load_practice(default_practice().written).at() == default_practice().at()


def test_the_python_of_the_how_to_runs_up_to_its_sizes() -> None:
    (written,) = blocks(DOCS / "how-to" / "forecast-an-agreement.md", "python")
    begun = written.split("better = design(")[0].replace("draws=200", "draws=0")
    names: dict[str, object] = {}
    exec(compile(begun, "forecast-an-agreement.md", "exec"), names)
    assert {"design", "found", "situation"} <= set(names)
