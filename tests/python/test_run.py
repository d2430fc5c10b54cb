"""Experiments run in folders as the command runs them: the same trials, the same bits; and are interrupted without loss."""

from __future__ import annotations

import copy
import csv
import json
import os
import pickle
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
import reluflow as rf
from command_line import command
from experiments import TEXT

ENDLESS = {
    "sweep": {"d": 10, "n": 12, "p": 8, "draws": 4},
    "flow": {"method": "gradient-descent", "learning_rate": 1e-9},
    "stop": {"steps": 10**12},
}
"""Trials that no machine ends."""


def test_the_command_and_python_keep_the_same_bits(tmp_path: Path) -> None:
    """One file, run by the command and from Python with another number of threads and in shards."""
    file = tmp_path / "small.toml"
    file.write_text(TEXT)
    command("run", file, "--draws", 3, "--set", "sweep.n=[12, 20]", "--out", "theirs", "--threads", 1, cwd=tmp_path)
    experiment = rf.Experiment(file).with_(draws=3, n=[12, 20])
    ours = experiment.run(tmp_path / "ours", threads=2)
    for shard in ("2/2", (1, 2)):
        shards = experiment.run(tmp_path / "shards", threads=1, shard=shard)
    theirs = rf.Run(tmp_path / "theirs")
    assert theirs.trials().rows == 12 and theirs.experiment == rf.Experiment(tmp_path / "ours" / "experiment.toml", name="theirs")
    # Table equality is equality of every bit but for the sign of zero and the payload of NaN.
    assert ours.trials() == theirs.trials() == shards.trials()
    for name, values in ours.trials().items():
        assert values.tobytes() == theirs.trials()[name].tobytes(), name
    assert ours.summary() == theirs.summary()
    # And the command reads what Python wrote.
    lines = list(csv.DictReader(command("summarize", "ours", "--csv", cwd=tmp_path).splitlines()))
    summary = ours.summary()
    assert summary.columns == list(lines[0])
    for name, values in summary.items():
        printed = [line[name] for line in lines]
        if values.dtype.kind == "f":
            # The shortest text of a float reads back as the same bits.
            assert np.array_equal([float(text or "nan") for text in printed], values, equal_nan=True), name
        else:
            assert [str(value) for value in values.tolist()] == printed, name


def test_a_trial_by_hand_is_the_trial_of_the_run(tmp_path: Path) -> None:
    experiment = rf.Experiment(TEXT)
    trials = experiment.run(tmp_path / "run").trials()
    for row, (cell, draw) in enumerate(np.ndindex(4, 4)):
        sizes = {name: values[cell] for name, values in experiment.cells().items()}
        assert all(trials[name][row] == value for name, value in sizes.items()) and trials["draw"][row] == draw
        data, network = experiment.problem(cell, draw)
        same = rf.trial(
            int(sizes["n"]),
            10,
            8,
            init={"law": "asymmetric", "hidden_scale": float(sizes["init.hidden_scale"])},
            seed=5,
            draw=draw,
        )
        assert (data, network) == same
        solution = rf.flow(data, network)
        assert trials["loss"][row] == solution.end.loss and trials["mu_avg"][row] == solution.end.mu_avg
        assert trials["evaluations"][row] == solution.counts.evaluations
        assert trials["verdict"][row] == solution.verdict.kind


def test_more_draws_extend_a_run_and_another_experiment_is_refused(tmp_path: Path) -> None:
    few = rf.Experiment(TEXT).with_(draws=1)
    first = few.run(tmp_path / "run").trials()
    more = few.with_(draws=2).run(tmp_path / "run").trials()
    assert first.rows == 4 and more.rows == 8
    kept = more["draw"] == 0
    assert np.array_equal(more["loss"][kept], first["loss"])
    with pytest.raises(rf.ExperimentError, match="belongs to another experiment") as caught:
        few.with_(seed=6).run(tmp_path / "run")
    assert caught.value.expected == "sweep.seed = 6" and isinstance(caught.value, ValueError)


def test_experiments_and_runs_survive_pickling(tmp_path: Path) -> None:
    experiment = rf.Experiment(TEXT).with_(draws=1)
    for other in (pickle.loads(pickle.dumps(experiment)), copy.deepcopy(experiment)):
        assert other == experiment and other.to_toml() == experiment.to_toml()
    run = experiment.run(tmp_path / "run")
    assert pickle.loads(pickle.dumps(run)) == run
    for error in (
        rf.RunInterrupted("m", run),
        rf.ShardError("m", {1: ValueError("v")}, run),
        rf.ExperimentError("m", "p", "e", "f"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and str(again) == str(error)
    assert "4 cells × 1 draws" in repr(experiment) and "4 of 4 trials done" in repr(run)
    assert "<table>" in experiment._repr_html_() and "probability" in run._repr_html_()


def test_ctrl_c_keeps_what_is_done_and_the_same_call_goes_on(tmp_path: Path) -> None:
    """The second cell never ends; the first is done when the key is pressed."""
    text = "[sweep]\nd = 10\nn = 12\np = 8\ndraws = 2\n'stop.steps' = [3, 1000000000000]\n"
    text += "[flow]\nmethod = 'gradient-descent'\nlearning_rate = 1e-9\n"
    experiment, out = rf.Experiment(text), tmp_path / "run"
    pressed = threading.Event()

    def press(done: int) -> None:
        # Called on this thread while the run continues; the signal is seen before the next call.
        if done == 2 and not pressed.is_set():
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(rf.RunInterrupted, match="2 trials are kept.*2 are left; the same call resumes") as caught:
        experiment.run(out, threads=4, progress=press)
    assert isinstance(caught.value, KeyboardInterrupt)
    status = caught.value.run.status()
    assert (status.done, status.missing, status.running, status.complete) == (2, 2, 0, False)
    assert status.missing_shards == (1,) and status.cells["done"].tolist() == [2, 0]
    # Nothing that is done is done again: the endless ones are all that is left.
    again = rf.Run(out).trials()
    pressed.clear()
    seen: list[int] = []

    def press_at_once(done: int) -> None:
        seen.append(done)
        if not pressed.is_set():
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(rf.RunInterrupted, match="2 trials are kept"):
        experiment.run(out, threads=4, progress=press_at_once)
    assert max(seen) == 0 and rf.Run(out).trials() == again


def test_other_threads_run_and_a_callback_may_end_the_run(tmp_path: Path) -> None:
    """The run never ends by itself; a thread that needs the interpreter gets its turns, then the callback raises."""
    turns = threading.Event()

    def count() -> None:
        for _ in range(1000):
            pass
        turns.set()

    class Enough(Exception):
        pass

    def look(done: int) -> None:
        if turns.is_set():
            raise Enough("seen from the callback")

    thread = threading.Thread(target=count)
    thread.start()
    with pytest.raises(Enough, match="seen from the callback") as caught:
        rf.Experiment(ENDLESS).run(tmp_path / "run", progress=look)
    thread.join()
    assert any(entry.name == "look" for entry in caught.traceback)
    assert rf.Run(tmp_path / "run").status().missing == 4


def test_progress_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done: list[int] = []
    experiment = rf.Experiment(TEXT)
    experiment.run(tmp_path / "one", progress=done.append)
    assert done[-1] == 16 and done == sorted(done)
    pytest.importorskip("tqdm")
    experiment.run(tmp_path / "two", progress=True)
    assert "16/16" in capsys.readouterr().err


def test_failed_trials_are_told_of_and_kept_apart(tmp_path: Path) -> None:
    """One neuron cannot be correctly active on twenty examples of both signs: the covered law gives up."""
    experiment = rf.Experiment({"sweep": {"d": 2, "n": 20, "p": 1, "draws": 1}, "init": {"law": "asymmetric", "covered": True}})
    with pytest.warns(rf.RunWarning, match="a trial failed|trials failed") as warned:
        run = experiment.run(tmp_path / "run")
    words = [str(warning.message) for warning in warned]
    # What cannot be drawn fails again: to try it is not advised.
    assert any("the same seed fails again" in word for word in words) and not any("retry_failed" in word for word in words)
    assert warned[0].filename == __file__
    status = run.status()
    assert status.failed == 1 and status.complete and "draw 0" in status.failed_trials[0]
    trials = run.trials()
    assert trials["verdict"].tolist() == ["failed"] and trials["failure"][0] and np.isnan(trials["loss"][0])
    with pytest.warns(rf.RunWarning, match="are left out"):
        assert run.summary()["draws"].tolist() == [0]


def test_a_damaged_part_is_told_of_and_computed_again(tmp_path: Path) -> None:
    run = rf.Experiment(TEXT).run(tmp_path / "run")
    whole = run.trials()
    (part,) = (tmp_path / "run" / "parts").glob("*.parquet")
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.warns(rf.RunWarning, match="its trials are left out"):
        assert run.trials().rows == 0
    with pytest.warns(rf.RunWarning, match="computed again"):
        rf.Experiment(TEXT).run(tmp_path / "run")
    assert run.trials() == whole


def test_the_threshold_is_where_half_of_the_draws_interpolate(tmp_path: Path) -> None:
    """The fit solves the equations of maximum likelihood, and its interval widens with the level."""
    experiment = rf.Experiment({"sweep": {"d": 4, "n": [2, 4, 5, 6, 8], "p": 6, "draws": 12}})
    run = experiment.run(tmp_path / "run", threads=2)
    fit = run.threshold()
    assert fit.rows == 1 and fit.columns[:2] == ["d", "p"] and fit["draws"].tolist() == [60]
    found = run.summary()
    trials = run.trials()
    assert found["converged"].tolist() == [int(trials["converged"][trials["n"] == n].sum()) for n in (2, 4, 5, 6, 8)]
    low, high, value = fit["ci_low"][0], fit["ci_high"][0], fit["threshold"][0]
    assert fit["shape"].tolist() == ["regular"] and low < value < high
    # Maximum likelihood of a logistic curve: the fitted counts add up to those seen, and so do their moments in n.
    n, won = found["n"].astype(float), found["converged"].astype(float)
    grid = np.exp(np.linspace(-6.0, 1.0, 4001))
    kappa = grid[np.argmin([abs(np.sum(12 / (1 + np.exp(-k * (value - n))) - won)) for k in grid])]
    fitted = 12 / (1 + np.exp(-kappa * (value - n)))
    assert abs(np.sum((fitted - won) * n)) < 0.05 * np.sum(won * n)
    wider = run.threshold(level=0.99)
    assert wider["ci_low"][0] <= low and wider["ci_high"][0] >= high
    with pytest.raises(rf.InputError, match="more than one n"):
        experiment.with_(n=10).run(tmp_path / "one").threshold()
    with pytest.raises(rf.InputError):
        run.threshold(level=95)


def test_figures_and_the_page(tmp_path: Path) -> None:
    run = rf.Experiment({"sweep": {"d": 10, "n": [12, 24], "p": 8, "draws": 2}}).run(tmp_path / "run")
    (figure,) = run.figures()
    assert figure.name == "probability" and figure._repr_svg_().startswith("<svg") and "95 %" in figure.caption
    figure.save(tmp_path / "figure.svg")
    page = run.report()
    assert page.name == "report.html" and "Report on the run" in page.read_text(encoding="utf-8")
    assert (tmp_path / "run" / "figures" / "probability.svg").read_text(encoding="utf-8") == figure.svg


def test_status_is_the_commands(tmp_path: Path) -> None:
    experiment = rf.Experiment(TEXT)
    experiment.run(tmp_path / "run", shard="1/3")
    printed = json.loads(command("status", "run", "--json", "--shards", 3, cwd=tmp_path))
    status = rf.Run(tmp_path / "run").status(shards=3)
    assert status.missing_shards == (2, 3) and status.done + status.missing == 16
    assert (status.searched, status.searches) == (0, ()) == (printed["searched"]["draws"], tuple(printed["searched"]["studies"]))
    text = json.dumps(printed)
    assert all(f'"{name}": {getattr(status, name)}' in text for name in ("done", "missing", "failed"))


def test_status_tells_the_draws_of_searches_apart(tmp_path: Path) -> None:
    experiment = rf.Experiment({"sweep": {"d": 4, "n": [2, 8], "p": 6, "draws": 4}})
    run = experiment.run(tmp_path / "run")
    experiment.threshold(tmp_path / "run", precision=0.2)
    status = run.status()
    printed = json.loads(command("status", "run", "--json", cwd=tmp_path))["searched"]
    assert status.done == 8 and status.searched > 0 and status.searches == ("n-0.5",)
    assert (status.searched, list(status.searches)) == (printed["draws"], printed["studies"])
