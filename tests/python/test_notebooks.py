"""The notebooks run from top to bottom, as a reader's Jupyter would run them, and are kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert {path.stem for path in NOTEBOOKS} >= {"quickstart", "flow-against-gradient-descent", "your-own-data-law"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
# The kernel's client warns of its own use of tornado and zmq: not ours to mend.
@pytest.mark.filterwarnings("default")
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells and all(not cell.outputs and cell.execution_count is None for cell in cells), (
        f"{path.name} has outputs: clear them before committing (docs/decisions/python.md#0081)"
    )
    # No time limit: machines differ.
    client = nbclient.NotebookClient(
        notebook, timeout=None, startup_timeout=600, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    kinds = {kind for cell in cells for output in cell.outputs for kind in output.get("data", {})}
    assert "image/png" in kinds
    for cell in cells:
        for output in cell.outputs:
            assert not (output.output_type == "stream" and output.name == "stderr"), output.text
