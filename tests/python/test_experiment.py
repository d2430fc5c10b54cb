"""Experiments run in folders as the command runs them: the same trials, the same bits; and are interrupted without loss."""

from __future__ import annotations

import copy
import csv
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import reluflow as rf

TEXT = """\
[sweep]
d = 10
n = [12, 24]
p = 8
"init.hidden_scale" = [1.0, 0.1]
draws = 4
seed = 5
"""

ENDLESS = {
    "sweep": {"d": 10, "n": 12, "p": 8, "draws": 4},
    "flow": {"method": "gradient-descent", "learning_rate": 1e-9},
    "stop": {"steps": 10**12},
}
"""Trials that no machine ends."""


def command(*arguments: object, cwd: Path) -> str:
    words = [sys.executable, "-m", "reluflow", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=cwd).stdout


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


def test_a_cell_is_named_by_its_values() -> None:
    experiment = rf.Experiment(TEXT)
    cells = experiment.cells()
    for cell in range(cells.rows):
        values = {name: cells[name][cell] for name in cells}
        assert experiment.problem(values, 3) == experiment.problem(cell, 3)
    named = {"n": 24, "init.hidden_scale": 0.1}
    row = [cells["n"].tolist()[k] == 24 and cells["init.hidden_scale"][k] == 0.1 for k in range(4)].index(True)
    assert experiment.problem(named, draw=7) == experiment.problem(row, draw=7)
    assert experiment.trajectory(named) == experiment.trajectory(row)
    for cell, words in [
        ({"n": 24}, "values that one cell of the 4 has, found 2 with n = 24"),
        ({"n": 25}, "values that one cell of the 4 has, found none with n = 25"),
        ({}, "found 4 with no value"),
        ({"hidden_scale": 1.0}, "cell: expected values of d, n, p, init.hidden_scale.*did you mean 'init.hidden_scale'"),
        (4, "cell: expected a whole number from 0 to 3, found 4"),
    ]:
        with pytest.raises(rf.InputError, match=words):
            experiment.problem(cell)


def test_the_ends_of_solutions_are_the_columns_of_a_run(tmp_path: Path) -> None:
    experiment = rf.Experiment(TEXT).with_(draws=2, flow="flow")
    trials = experiment.run(tmp_path / "run").trials()
    problems = [experiment.problem(cell, draw) for cell, draw in np.ndindex(4, 2)]
    table = rf.table(rf.flow(problems))
    shared = [name for name in trials if name in table]
    assert len(shared) == 17
    for name in shared:
        assert table[name].tolist() == trials[name].tolist() or table[name].tobytes() == trials[name].tobytes(), name
    assert rf.table([]).rows == 0 and rf.table([]).columns == table.columns and table.to_arrow().num_rows == 8
    bounded = rf.flow(problems, record="curvature_bounds")
    recorded = rf.table([*bounded, rf.flow(*problems[0])])
    assert recorded["mu_low"].tolist()[:8] == [solution.last("mu_low") for solution in bounded]
    assert np.isnan(recorded["mu_low"][8]) and "step" not in recorded
    with pytest.raises(rf.InputTypeError, match="solution 1: expected a Solution, found None"):
        rf.table([rf.flow(*problems[0]), None])
    with pytest.raises(rf.InputTypeError, match="solutions: expected a list"):
        rf.table(3)


def test_python_and_the_command_follow_the_same_path(tmp_path: Path) -> None:
    """`trajectory` writes shortest floats: the table is that of Python, bit for bit."""
    command(
        "trajectory", "--n", 30, "--d", 12, "--p", 9, "--draw", 2, "--seed", 4, "--out", "path.parquet", cwd=tmp_path
    )
    pyarrow = pytest.importorskip("pyarrow.parquet")
    theirs = pyarrow.read_table(tmp_path / "path.parquet")
    data, network = rf.trial(30, 12, 9, seed=4, draw=2)
    times = theirs["time"].to_numpy()
    record = ["curvature", "curvature-bounds", "balance"]
    assert len(times) > 8
    ours = rf.flow(data, network, record=record).table()
    for name in ("loss", "mu", "mu_low", "mu_upp", "balance_drift"):
        assert ours[name].tobytes() == theirs[name].to_numpy().tobytes(), name


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


def test_settings_say_what_a_file_would() -> None:
    one = rf.Experiment(TEXT).with_(
        {"init.law": "asymmetric", "init.covered": True, 'sweep."init.hidden_scale"': np.array([0.5, 0.25])},
        n={"from": 10, "to": 30, "step": 10},
        p={"lemma5": 0.05},
        data="gaussian",
        flow={"method": "flow", "accuracy": "careful"},
        stop=rf.stop.trap() | rf.stop.transitions(2),
        record={"observables": ["curvature"], "when": "end"},
        seed=np.int64(9),
    )
    file = rf.Experiment(
        """
        [sweep]
        d = 10
        n = { from = 10, to = 30, step = 10 }
        p = { lemma5 = 0.05 }
        "init.hidden_scale" = [0.5, 0.25]
        draws = 4
        seed = 9
        [data]
        law = "gaussian"
        [init]
        law = "asymmetric"
        covered = true
        [flow]
        method = "flow"
        accuracy = "careful"
        [stop]
        trap = true
        transitions = 2
        [record]
        observables = ["curvature"]
        when = "end"
        """
    )
    assert one.cells() == file.cells() and one.draws == file.draws == 4 and one.seed == 9
    for cell in range(6):
        assert one.problem(cell, 1) == file.problem(cell, 1)


def test_an_experiment_is_made_from_what_with_takes(tmp_path: Path) -> None:
    """By keywords alone, over a file, over a text, and in a mapping: the same experiment."""
    settings = {
        "n": [12, 20],
        "draws": 3,
        "data": "gaussian",
        "init": {"law": "asymmetric"},
        "init.hidden": "sphere",
        "model": rf.Model(loss="logistic", weight_decay=0.1),
        "flow": "flow",
        "stop": rf.stop.loss(0.1) | rf.stop.steps(7),
        "record": ["curvature", "lost"],
    }
    file = tmp_path / "small.toml"
    file.write_text(TEXT)
    expected = rf.Experiment(TEXT).with_(settings)
    toml = expected.to_toml()
    for found in [
        rf.Experiment(TEXT, **settings),
        rf.Experiment(file, name="experiment", **settings),
        rf.Experiment(d=10, p=8, seed=5, **{'sweep."init.hidden_scale"': [1.0, 0.1]}, **settings),
        rf.Experiment({"d": 10, "p": 8, "seed": 5, 'sweep."init.hidden_scale"': [1.0, 0.1], **settings}),
        rf.Experiment({"sweep": {"d": 10, "p": 8, "n": 3, "init.hidden_scale": [1.0, 0.1]}, **settings}, seed=5),
        pickle.loads(pickle.dumps(rf.Experiment(TEXT, **settings))),
    ]:
        assert found.to_toml() == toml and found == expected
    assert "loss = 0.1" in toml and 'observables = ["curvature", "lost"]' in toml and 'loss = "logistic"' in toml
    assert rf.Experiment(d=4, n=4, p=4, record="lost").to_toml().count('observables = ["lost"]') == 1


def test_with_takes_every_section_and_key_of_a_file() -> None:
    with pytest.raises(rf.ExperimentError) as caught:
        rf.Experiment("[swep]\n")
    known = set(caught.value.expected.removeprefix("one of ").split(", "))
    with pytest.raises(rf.ExperimentError) as caught:
        rf.Experiment("[sweep]\nnn = 3\n")
    known |= set(caught.value.expected.removeprefix("one of ").split(", or")[0].split(", "))
    with pytest.raises(rf.InputError) as refused:
        rf.Experiment(TEXT).with_(nn=3)
    assert {"model", "test", "also"} < known <= set(refused.value.expected.removeprefix("one of ").split(", "))


def test_an_experiment_by_keywords_is_refused_in_their_words() -> None:
    for keywords, words in [
        ({"drawz": 3}, "a key of Experiment: .*did you mean 'draws'"),
        ({}, r"the keywords: .*\n.*a section \[sweep\] with d, n and p"),
        ({"d": 3, "n": 3, "p": 0}, r"Experiment\(p=0\)"),
        ({"d": 3, "n": 3, "p": 3, "flow": "flwo"}, r"Experiment\(flow={.*(.|\n)*did you mean `flow`"),
        ({"stop": rf.stop.when(bool)}, "stop: expected stops that a file can hold"),
    ]:
        with pytest.raises(rf.InputError, match=words):
            rf.Experiment(**keywords)


@pytest.mark.parametrize(
    ("settings", "expected", "found"),
    [
        ({"n": 0}, "a whole number, at least 1", "0"),
        ({"draws": "many"}, "whole number", '"many"'),
        ({"width": 3}, "one of n, d, p", "'width'"),
        ({"flow": "newton"}, "gradient-descent", "newton"),
        ({"p": object()}, "what an experiment file can hold", "object"),
        ({"record": ["curvatur"]}, "curvature", "curvatur"),
        ({"model": {"los": "square"}}, "loss", "los"),
        ({"stop": rf.stop.when(bool)}, "stops that a file can hold", "stop.when"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, object], expected: str, found: str) -> None:
    with pytest.raises(rf.ReluflowError) as caught:
        rf.Experiment(TEXT).with_(**settings)
    assert isinstance(caught.value, (ValueError, TypeError))
    assert expected in str(caught.value) and found in str(caught.value)


def test_what_is_no_experiment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(rf.FileError, match="No such file") as caught:
        rf.Experiment(tmp_path / "none.toml")
    assert caught.value.errno == 2 and isinstance(caught.value, OSError)
    with pytest.raises(rf.ExperimentError, match="line 2"):
        rf.Experiment("[sweep]\nn = = 3\n")
    with pytest.raises(rf.InputTypeError):
        rf.Experiment(3)  # type: ignore[arg-type]
    with pytest.raises(rf.ExperimentError, match="not a run's folder"):
        rf.Run(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(rf.ReluflowError):
        rf.Experiment(TEXT).run(tmp_path / "file")


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
        # Called on this thread while the run goes on; the signal is seen before the next call.
        if done == 2 and not pressed.is_set():
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(rf.RunInterrupted, match="2 trials are kept.*2 are left; the same call goes on") as caught:
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
    assert any("retry_failed=True" in str(warning.message) for warning in warned)
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
    text = json.dumps(printed)
    assert all(f'"{name}": {getattr(status, name)}' in text for name in ("done", "missing", "failed"))


def test_paths_notes_and_slips_of_the_pen(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b,y\n1,0,0\n0,1,1\n")
    experiment = rf.Experiment({"sweep": {"p": 4, "draws": 1}, "data": {"law": "file", "path": tmp_path / "d.csv"}, "stop": {"steps": 2}})
    assert experiment.notes[0].startswith("data: 2 rows, inputs a, b, label y, no gaps")
    zeros, classes = "success is a loss below", "the labels are 0 and 1"
    with pytest.warns(rf.RunWarning, match=zeros), pytest.warns(rf.RunWarning, match=classes):
        run = experiment.run(tmp_path / "run")
    (tmp_path / "d.csv").unlink()
    assert run.status().complete and run.summary().rows == 1 and run.experiment.draws == 1
    with pytest.raises(rf.InputError, match="did you mean 'draws'"):
        experiment.with_(drawz=3)
    data, network = rf.trial(n=4, d=3, p=2)
    with pytest.raises(rf.InputError, match="did you mean 'curvature'"):
        rf.flow(data, network, record=["curvatur"])


def test_conflicts_are_told() -> None:
    found = rf.Dataset([[1.0], [1.0]], [1.0, 1.1]).conflicts()
    assert found.rays == ((0, 1),) and found.least_loss == pytest.approx(1.25e-3)
    assert "positive multiples" in str(found)
    assert not rf.Dataset([[1.0], [-1.0]], [1.0, 5.0]).conflicts()
