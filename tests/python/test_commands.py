"""What a subcommand answers, its counterpart in Python answers with the same bits."""

from __future__ import annotations

import copy
import csv
import inspect
import json
import math
import os
import pickle
import re
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import reluflow as rf
from command_line import command

COUNTERPARTS = {
    "run": rf.Experiment.run,
    "summarize": rf.Run.summary,
    "status": rf.Run.status,
    "slurm": rf.slurm,
    "threshold": rf.Experiment.threshold,
    "trajectory": rf.Experiment.trajectory,
    "paper": rf.paper,
    "picture": rf.Run.picture,
    "film": rf.Solution.film,
    "field": rf.Experiment.run,  # on the files of experiments/field
    "finding": rf.finding,
    "report": rf.Run.report,
    "audit": rf.Experiment.audit,
    "transition": rf.theory.theorem_2.trajectory,
    "schema": rf.schema,
}

PUBLIC = {
    f"{value.__module__}.{name}": value
    for module in (rf, rf.stop, rf.spacing, rf.theory, *(value for value in vars(rf.theory).values() if inspect.ismodule(value)))
    for name, value in vars(module).items()
    if inspect.isclass(value) and value.__module__.startswith("reluflow") and not name.startswith("_")
}
"""Every public class."""

SMALL = "[sweep]\nd = [4, 5]\nn = [2, 8]\np = 6\nseed = 3\n"


def test_every_subcommand_has_a_counterpart(tmp_path: Path) -> None:
    listed = re.search(r"Commands:\n(.*?)\n\n", command("--help", cwd=tmp_path), re.DOTALL)
    assert listed is not None
    names = [line.split()[0] for line in listed[1].splitlines() if re.match(r"  \w", line)]
    assert set(names) - {"help"} == set(COUNTERPARTS)


def test_every_public_class_pickles_copies_and_says_what_it_is(tmp_path: Path) -> None:
    data, network = rf.trial(n=6, d=6, p=8, data="orthogonal", init={"law": "asymmetric", "hidden_scale": 0.1})
    points: list[rf.Point] = []
    solution = rf.exact(data, network, record="curvature", observe=points.append)
    run = rf.Experiment(SMALL).with_(draws=1).run(tmp_path / "run")
    theory = rf.theory
    values = [data, network, solution, solution.verdict, solution.end, solution.counts, solution.checks, points[-1]]
    values += [rf.Model(loss="logistic"), solution.table(), run, run.experiment, run.status(), run.figures()[0], rf.spacing.every(2), rf.stop.trap()]
    values += [audit := rf.audit(data, network), audit[0], rf.Paper(tmp_path, {"fig1": "words"}, {"fig3-flow": run})]
    values += [rf.Submission(run, tmp_path, tmp_path, ("101", "102"), "words")]
    values += [rf.Finding("failures", tmp_path, ("words",), {"failures": solution.table()}, {}, {"failures": run})]
    values += [rf.Thresholds({"threshold": [3.0]}, solution.table(), run.figures()[0])]
    values += [theory.snapshot(data, network), theory.assumption_1(network), theory.assumption_2(data, network)]
    values += [theory.lemma_6.chain(data, network), theory.lemma_7.extinction(data, network)]
    values += [theory.proposition_1.ceiling(data, network), theory.theorem_1.Guarantee(data, network)]
    values += [*theory.theorem_2.figure_1(100)[:1], theory.theorem_2.plateaus(theory.theorem_2.figure_1(100))[0]]
    values += [report := rf.stationarity(rf.Dataset([[1.0]], [1.0]), rf.Network([[0.0]], [1.0])), report.escapes[0]]
    errors = [rf.InputError("n", "1", "0"), rf.ColumnError("n", "1", "0"), rf.InputTypeError("n", "1", "0"), rf.OutOfMemory("n", "1", "0")]
    values += [*errors, rf.FileError(2, "none"), rf.ReluflowError("why"), rf.InternalError("why"), rf.RunWarning("why")]
    values += [rf.ExperimentError("m", "p", "e", "f"), rf.Interrupted([solution]), rf.RunInterrupted("m", run)]
    values += [rf.ShardError("m", {1: ValueError("v")}, run)]
    kept = rf.flow(data, network, record="network")
    values += [kept.path, kept.plot, kept.film(), kept.plot.singular_values(), rf.Plateau(0.0, 1.0, 0.5, (1,))]
    values += [jumps := rf.jump(data, network), jumps.margins]
    frozen = rf.flow(data, network, model=rf.Model(train="output"))
    values += [frozen.linear]
    population = rf.data.population(d=2, teacher={"law": "orthonormal", "width": 2})
    solved = rf.flow(population, rf.init.xavier(p=2, d=2), model=rf.Model(train="hidden"))
    values += [population, solved, solved.verdict, solved.end, solved.end.finish, solved.end.curvature]
    assert {type(value) for value in values} == set(PUBLIC.values())
    for value in values:
        for clone in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            assert type(clone) is type(value) and repr(clone) == repr(value) and "object at 0x" not in repr(value)
            if type(value).__eq__ is not object.__eq__ and not isinstance(value, BaseException):
                assert clone == value, value
        if not isinstance(value, (BaseException, tuple)):
            shown = getattr(value, "_repr_html_", None) or getattr(value, "_repr_svg_", None)
            assert shown is None or shown().startswith("<"), value


def test_a_threshold_is_the_commands(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    question = ["--precision", "15%", "--target", 0.4, "--batch", 4]
    printed = command("threshold", "small.toml", "--json", "--out", "theirs", *question, cwd=tmp_path)
    theirs = [json.loads(line) for line in printed.splitlines()]
    seen: list[int] = []
    ours = rf.Experiment(tmp_path / "small.toml").threshold(
        tmp_path / "ours", precision=0.15, target=0.4, batch=4, threads=1, progress=seen.append
    )
    assert ours.rows == len(theirs) == 2 and ours["d"].tolist() == [4, 5]
    for name in ("threshold", "ci_low", "ci_high", "slope", "trials", "end"):
        assert ours[name].tolist() == [line[name] for line in theirs], name
    assert ours.draws["draws"].sum() == ours["trials"].sum() == seen[-1] and seen == sorted(seen)
    assert ours.draws["converged"].sum() == rf.Run(tmp_path / "ours").experiment.threshold(
        tmp_path / "ours", precision=0.15, target=0.4, batch=4
    ).draws["converged"].sum()
    assert ours.figure.svg == (tmp_path / "theirs" / "threshold" / "n-0.4.svg").read_text(encoding="utf-8")
    assert ours.to_arrow().num_rows == 2
    for again in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        assert again == ours and again.draws == ours.draws and again.figure == ours.figure


def test_a_threshold_that_falls_short_says_so(tmp_path: Path) -> None:
    experiment = rf.Experiment(SMALL).with_(d=4)
    with pytest.warns(rf.RunWarning, match=r"d = 4, p = 6: the draws allowed did not suffice") as warned:
        short = experiment.threshold(tmp_path / "run", precision=0.001, max_trials=24)
    assert short["end"].tolist() == ["out-of-trials"] and warned[0].filename == __file__
    with pytest.warns(rf.RunWarning, match="lies above the range"):
        above = experiment.with_(d=20, p=30).threshold(tmp_path / "easy", within=(2, 6))
    assert above["threshold"].tolist() == [math.inf]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"axis": "q"}, "axis: expected one of n, d, p, init.hidden_scale, found 'q'"),
        ({"axis": 3}, "axis: expected one of n, d, p"),
        ({"axis": "init.hidden_scale"}, 'direction: expected "rises" or "falls", which is not known'),
        ({"target": 1.0}, "target: expected a share from 0.001 to 0.999, found 1.0"),
        ({"precision": math.nan}, "precision: expected a share"),
        ({"within": (8, 2)}, "within: expected .low, high. with low < high"),
        ({"within": 3}, "within: expected .low, high."),
        ({"within": (2.5, 8)}, "within: expected whole numbers from 1"),
        ({"direction": "up"}, "direction: expected one of rises, falls"),
        ({"max_trials": 3}, "max_trials: expected a whole number from 24"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(question: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(rf.ReluflowError, match=message):
        rf.Experiment(SMALL + '"init.hidden_scale" = [1.0, 0.1]\n').threshold(tmp_path / "run", **question)


def test_ctrl_c_during_a_search_keeps_its_trials(tmp_path: Path) -> None:
    """No trial ever ends; the key is pressed on this thread while the first ones run."""
    text = "[sweep]\nd = 4\nn = [2, 8]\np = 6\n[flow]\nmethod = 'gradient-descent'\nlearning_rate = 1e-12\n"
    experiment = rf.Experiment(text + "[stop]\nsteps = 1000000000000\n")
    pressed = threading.Event()

    def press(_: int) -> None:
        if not pressed.is_set():
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(rf.RunInterrupted, match="the 0 trials computed now are kept.*the same call resumes"):
        experiment.threshold(tmp_path / "run", progress=press)


def test_a_trial_in_units_of_its_own_is_followed_as_the_command_follows_it(tmp_path: Path) -> None:
    experiment = rf.Experiment(SMALL).with_(
        d=4,
        n=6,
        flow="flow",
        stop=rf.stop.time(3.0),
        init={"law": "normal", "hidden": 0.3, "output": 0.3},
        units={"scaling": "unscaled", "loss": "mean"},
    )
    (tmp_path / "units.toml").write_text(experiment.to_toml())
    command("trajectory", "units.toml", "--draw", 2, "--out", "path.csv", cwd=tmp_path)
    with (tmp_path / "path.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    solution = experiment.trajectory(draw=2)
    table = solution.table()
    assert table.columns == list(rows[0]) and table.rows == len(rows)
    for name, values in table.items():
        assert np.array_equal(values, [float(row[name] or "nan") for row in rows], equal_nan=True), name
    # Mean r² is twice our loss, their clock runs twice as fast, and h = Σ a σ is ours with weights over √p.
    data, network = experiment.problem(draw=2)
    assert solution.end.time == 3.0 and solution.trap_level == 2 * data.trap_level
    ours = rf.flow(data, network, stop=rf.stop.time(6.0))
    assert ours.end.loss * 2 == solution.end.loss and solution.verdict.converged == ours.verdict.converged
    # One product and one square root of p = 6, each rounded once.
    assert np.allclose(solution.network.w * math.sqrt(6), ours.network.w, rtol=4e-16, atol=0)
    assert pickle.loads(pickle.dumps(solution)).trap_level == solution.trap_level
    axis = solution.plot(["loss"]).axes[0].lines[1]
    assert axis.get_ydata()[0] == solution.trap_level


def test_ctrl_c_ends_a_trajectory() -> None:
    """The key is pressed once this thread has reached the line that calls the extension, which never returns by itself."""
    experiment = rf.Experiment(SMALL).with_(
        flow={"method": "gradient-descent", "learning_rate": 1e-9}, stop=rf.stop.steps(10**12)
    )
    lines, first = inspect.getsourcelines(rf.Experiment.trajectory)
    (call,) = (first + k for k, line in enumerate(lines) if "self._native.trajectory(" in line)
    here = threading.get_ident()

    def press() -> None:
        while True:
            frame = sys._current_frames()[here]
            if frame.f_code is rf.Experiment.trajectory.__code__ and frame.f_lineno == call:
                os.kill(os.getpid(), signal.SIGINT)
                return
            threading.Event().wait(0.01)

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(rf.Interrupted) as caught:
        experiment.trajectory()
    thread.join()
    assert caught.value.solution is not None and caught.value.solution.verdict.kind == "interrupted"


def test_an_audit_of_a_file_is_the_commands(tmp_path: Path) -> None:
    experiment = rf.Experiment({"sweep": {"d": 8, "n": 6, "p": 10, "draws": 2}, "data": {"law": "orthogonal"}})
    (tmp_path / "small.toml").write_text(experiment.to_toml())
    theirs = json.loads(command("audit", "small.toml", "--json", cwd=tmp_path, codes=(0, 1)))
    ours = experiment.audit()
    assert ours.method == theirs["method"] and len(ours) == len(theirs["rows"]) > 10
    for line, row in zip(ours, theirs["rows"], strict=True):
        assert {**row, "judged": tuple(row["judged"])} == {name: getattr(line, name) for name in row}
    assert max(line.judged[1] for line in ours) == 2


def test_the_transition_is_the_commands(tmp_path: Path) -> None:
    theorem_2 = rf.theory.theorem_2
    printed = json.loads(command("transition", "--n", "1e18", "--rows", 20, "--json", cwd=tmp_path))
    groups = theorem_2.figure_1(1e18)
    table = theorem_2.trajectory(groups, rows=20)
    for k, row in enumerate(printed["trajectory"]):
        for name in ("time", "rescaled_time", "loss", "relative_loss", "log10_relative_loss"):
            assert table[name][k] == row[name]
        assert [table["group_1"][k], table["group_2"][k]] == row["groups"]
    for plateau, row in zip(theorem_2.plateaus(groups), printed["plateaus"], strict=True):
        assert (plateau.start, plateau.level) == (row["from"], row["level"])
        assert plateau.end == (math.inf if row["to"] is None else row["to"])
    for group, window in zip(groups, printed["windows"], strict=True):
        assert group.window(0.1) == (window["start"], window["end"])
        assert group.transition_time == window["transition"]
        assert window["relative_width"] <= group.width_bound(0.1)
        # By definition: the loss at the crossing is that share of its start, to the bisection's rounding.
        assert abs(group.log_loss(group.crossing_time(0.25)) - group.log_loss(0.0) - math.log(0.25)) < 1e-9
    with pytest.raises(rf.InputError, match="groups: expected at least 1"):
        theorem_2.plateaus([])
    with pytest.raises(rf.InputTypeError, match="groups: expected a list"):
        theorem_2.trajectory([3])


def test_the_papers_first_figure_is_the_commands(tmp_path: Path) -> None:
    printed = command("paper", "fig1", "--out", "theirs", cwd=tmp_path)
    found = rf.paper("fig1", out=tmp_path / "ours")
    assert printed.splitlines()[0] == f"fig1: {found.headlines['fig1']}"
    assert found.report == tmp_path / "ours" / "report.html" and found.runs == {}
    ours, theirs = (sorted((tmp_path / name / "figures").iterdir()) for name in ("ours", "theirs"))
    assert [file.read_bytes() for file in ours if file.suffix == ".svg"] == [
        file.read_bytes() for file in theirs if file.suffix == ".svg"
    ]
    assert pickle.loads(pickle.dumps(found)) == found and "fig1" in found._repr_html_()
    with pytest.raises(rf.InputError, match="figures: expected one of fig1"):
        rf.paper("fig6", out=tmp_path / "none")
