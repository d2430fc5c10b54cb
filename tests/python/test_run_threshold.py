"""Thresholds of a run's draws along any axis; threads are the process's processors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import reluflow as rf
from reluflow import _check


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> rf.Run:
    sweep = {"d": 6, "n": [4, 8, 16, 200], "p": [1, 2, 4, 16], "init.hidden_scale": [1.0, 0.1], "draws": 6, "seed": 5}
    experiment = rf.Experiment({"sweep": sweep, "flow": {"method": "flow"}, "stop": {"trap": True, "steps": 200}})
    return experiment.run(tmp_path_factory.mktemp("run") / "r")


def test_every_axis_has_thresholds(run: rf.Run) -> None:
    trials = run.trials()
    success = np.asarray(trials["converged"])
    along_n, along_p = run.threshold(), run.threshold(axis="p")
    key = run.threshold(axis="init.hidden_scale", direction="falls")
    for table, held, count in [(along_n, ["d", "p"], 8), (along_p, ["d", "n"], 8), (key, ["d", "n", "p"], 16)]:
        assert table.rows == count and set(held) <= set(table.columns)
        # Every draw belongs to one column.
        assert int(table["draws"].sum()) == success.size
        known = np.isfinite(table["threshold"])
        assert (table["ci_low"][known] <= table["threshold"][known]).all()
        assert (table["threshold"][known] <= table["ci_high"][known]).all()
    # By hand: where every draw at every p failed the threshold in p lies beyond the last, where all succeeded before the first.
    for row in range(along_p.rows):
        mine = (trials["n"] == along_p["n"][row]) & (trials["init.hidden_scale"] == along_p["init.hidden_scale"][row])
        if not success[mine].any():
            assert along_p["shape"][row] == "none-converged" and along_p["ci_high"][row] == np.inf
        if success[mine].all():
            assert along_p["shape"][row] == "all-converged" and along_p["ci_low"][row] == -np.inf
    # 200 examples are more than twice pd = 96.
    assert "none-converged" in along_p["shape"].tolist()


def test_a_threshold_along_an_axis_that_does_not_vary_names_the_way(run: rf.Run) -> None:
    with pytest.raises(rf.InputError, match=r"run.experiment.threshold\(run.folder, axis='d'\)"):
        run.threshold(axis="d")
    with pytest.raises(rf.InputError, match="did you mean 'init.hidden_scale'"):
        run.threshold(axis="init.hiden_scale")
    with pytest.raises(rf.InputError, match='"rises" or "falls"'):
        run.threshold(axis="init.hidden_scale")
    with pytest.raises(rf.InputError, match="direction"):
        run.threshold(axis="p", direction="up")  # type: ignore[arg-type]
    assert "Experiment.threshold(axis=" in (rf.Run.threshold.__doc__ or "")


def test_the_command_says_the_same(run: rf.Run) -> None:
    command = [sys.executable, "-m", "reluflow", "threshold", str(run.folder), "--axis", "p", "--json", "--quiet"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    import json

    found = [json.loads(line) for line in lines]
    table = run.threshold(axis="p")
    for row, answer in enumerate(found):
        for name in ("threshold", "ci_low", "ci_high"):
            value = table[name][row]
            assert answer[name] == (value if np.isfinite(value) else None)
        assert answer["shape"] == table["shape"][row]


def test_threads_are_the_processors_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 9}, raising=False)
    assert _check.processors() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert _check.processors() == 64
    # Nobody asks the machine instead.
    sources = Path(rf.__file__).parent.glob("**/*.py")
    asks = [path.name for path in sources if "cpu_count" in path.read_text(encoding="utf-8")]
    assert asks == ["_check.py"]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to processors")
def test_a_process_bound_to_one_processor_starts_one_thread(tmp_path: Path) -> None:
    code = """
import os, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import reluflow, reluflow._experiment as module
seen = []
module.run_here = lambda native, path, workers, *rest: seen.append(workers)
reluflow.Experiment({"sweep": {"d": 3, "n": 3, "p": 3}}).run(sys.argv[1])
assert seen == [1], seen
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=True)


def test_draws_that_cannot_be_drawn_are_left_out_of_a_search_and_told(tmp_path: Path) -> None:
    # A teacher with one neuron gives neither of two inputs in the plane a label in a quarter of the draws.
    experiment = rf.Experiment(
        {
            "sweep": {"d": 2, "n": [2, 12], "p": 6, "draws": 30, "seed": 3},
            "data": {"law": "teacher", "width": 1},
            "stop": {"trap": True, "steps": 100},
        }
    )
    with pytest.warns(rf.RunWarning) as caught:
        experiment.threshold(tmp_path / "run", precision=0.2, max_trials=60)
    told = [warning for warning in caught if "cannot be drawn: labels of the teacher" in str(warning.message)]
    assert len(told) == 1 and told[0].filename == __file__
