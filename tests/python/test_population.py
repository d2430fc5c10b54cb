"""Tests the population loss from Python."""

import math

import numpy as np
import pytest

import reluflow as rf


def one_flipped(k):
    """The start at the teacher with one neuron flipped, in mean-field units: √p times the unscaled weights."""
    w = np.eye(k)
    w[0, 0] = -1.0
    return rf.Network(math.sqrt(k) * w, math.sqrt(k) * np.ones(k))


@pytest.mark.parametrize(("k", "loss"), [(6, 0.025080581002), (7, 0.023202714914)])
def test_the_flow_ends_in_the_known_spurious_minimum(k, loss):
    population = rf.data.population(d=k, teacher={"law": "orthonormal", "width": k})
    solution = rf.flow(population, one_flipped(k), model=rf.Model(train="hidden"))
    assert solution.verdict.kind == "spurious"
    # The digits are an independent program's.
    assert abs(solution.verdict.loss - loss) < 1e-12
    assert solution.verdict.curvature.margin > 10
    assert solution.end.finish.steps > 0 and "Newton" in str(solution.verdict)


def test_rows_hold_the_overlaps():
    population = rf.data.population(d=4, teacher=(np.eye(4)[:2], [1.0, -0.5]))
    net = rf.init.xavier(p=3, d=4, seed=2, output=0.5)
    solution = rf.flow(population, net, stop=rf.stop.time(2.0), spacing=[0.0, 1.0, 2.0])
    assert solution.table()["time"].tolist() == [0.0, 1.0, 2.0]
    assert (solution.q.shape, solution.m.shape, solution.a.shape) == ((3, 3, 3), (3, 3, 2), (3, 3))
    np.testing.assert_allclose(solution.q[0], net.w @ net.w.T, atol=1e-14)
    np.testing.assert_allclose(solution.m[-1], solution.network.w @ population.v.T, atol=1e-14)
    assert (np.diff(solution.table()["loss"]) < 0).all()
    assert solution.verdict.kind == "out-of-budget" and solution.verdict.budget == "time"


def test_pairs_and_descent():
    population = rf.data.population(d=2, teacher={"law": "random", "width": 1}, seed=4)
    pairs = [(population, rf.init.xavier(p=2, d=2, seed=seed)) for seed in range(3)]
    stop = rf.stop.gradient_norm(1e-6) | rf.stop.steps(100_000)
    descended = rf.gradient_descent(pairs, lr=0.1, stop=stop)
    assert len(descended) == 3 and all(solution.end.finish is None for solution in descended)
    assert all(solution.end.gradient_norm <= 1e-6 or solution.end.loss <= 1e-10 for solution in descended)


def test_what_means_nothing_is_refused():
    population, net = rf.data.population(d=2), rf.init.xavier(p=2, d=2)
    with pytest.raises(rf.InputError, match="stops among loss"):
        rf.flow(population, net, stop=rf.stop.trap())
    with pytest.raises(rf.InputError, match="2 columns"):
        rf.flow(population, rf.init.xavier(p=2, d=3))
    with pytest.raises(rf.InputError, match=r"model\.loss"):
        rf.flow(population, net, model=rf.Model(loss="logistic"))
    with pytest.raises(rf.InputTypeError, match="no kinks"):
        rf.exact(population, net)
    with pytest.raises(rf.InputError, match="record"):
        rf.flow(population, net, record=["curvature"])


def test_an_experiment_runs_on_a_population(tmp_path):
    experiment = rf.Experiment(
        {
            "sweep": {"d": 3, "p": [2, 3], "draws": 4},
            "data": {"law": "gaussian-population", "teacher": {"law": "orthonormal", "width": 2}},
            "model": {"train": "hidden"},
            "units": {"scaling": "unscaled"},
        }
    )
    run = experiment.run(tmp_path / "run", threads=1)
    trials = run.trials()
    assert trials.rows == 8
    assert (trials["gradient_norm"][trials["newton_steps"] > 0] < 1e-9).all()
    assert set(trials["verdict"]) <= {"global", "spurious", "saddle", "out-of-budget"}
