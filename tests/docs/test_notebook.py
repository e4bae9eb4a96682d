"""The notebooks of the documentation run from beginning to end, and say what their words say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
FORMAT: Any = nbformat  # its functions have no types
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path: Path) -> Any:
    return FORMAT.read(path, as_version=4)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert cells
    assert [cell.execution_count for cell in cells] == [None] * len(cells)
    assert not any(cell.outputs for cell in cells)


# What the words between the cells claim of the figures in them.
CLAIMS = """
steps = {figure.of: figure.value for figure in found.of("kr-cn").figures if figure.name is Name.DETECTED}
tests = sum(value for step, value in steps.items() if "departure" in step or "on-arrival" in step)
assert 4_000 < tests < 6_500, steps
lengths = loop["still infected at its end, per 10,000 infected"].to_list()
assert lengths == sorted(lengths, reverse=True)
gains = -np.diff(loop["cases in the community"].to_numpy())
assert gains[0] > 3 * gains[1] > 0
assert loop["held without being infected, per million"].is_sorted()
widths = (paired["high"] - paired["low"]).to_list()
assert max(widths[3:]) < min(widths[:3])
assert zero["no infected traveller, no measures"][0] > 0.98
assert 250 < zero["most imports per million that a zero cannot exclude"][2] < 350
"""


@pytest.mark.slow
def test_the_notebook_of_may_2020_runs_and_its_words_hold() -> None:
    notebook = read(NOTEBOOKS / "fast-channel-forecast.ipynb")
    notebook.cells.append(FORMAT.v4.new_code_cell(CLAIMS))
    nbclient.NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}}
    ).execute()
