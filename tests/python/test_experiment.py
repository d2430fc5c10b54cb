"""Experiments are planned as their files, mappings and keywords say, and are refused in words."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import reluflow as rf
from command_line import command
from experiments import TEXT


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
        "data.labels": {"sizes": {"constant": 1}},
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
