"""Runs what the front page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def test_the_front_pages_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(blocks[0], "README.md", "exec"), names)
    run, solution, table = names["run"], names["sol"], names["table"]
    assert run.status().complete and run.trials().rows == 80  # type: ignore[attr-defined]
    assert solution.verdict.kind == "interpolating" and table.rows > 10  # type: ignore[attr-defined]
    assert 130 < run.threshold()["threshold"][0] < 200  # type: ignore[attr-defined]
