"""The model family from Python: what it says, what it runs, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

import reluflow as rf


@pytest.fixture
def problem() -> tuple[rf.Dataset, rf.Network]:
    rng = np.random.default_rng(3)
    x = rng.standard_normal((6, 8))
    y = np.where(rng.random(6) < 0.5, 1.0, -1.0)
    w = rng.standard_normal((20, 8))
    a = np.where(rng.random(20) < 0.5, 1.0, -1.0) * (np.linalg.norm(w, axis=1) + 0.1)
    return rf.Dataset(x, y), rf.Network(w, a)


def test_the_default_is_the_papers(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, net = problem
    said = rf.flow(data, net, model=rf.Model())
    silent = rf.flow(data, net)
    assert np.array_equal(said.network.w, silent.network.w)
    assert repr(rf.Model()) == "Model()"


@pytest.mark.parametrize("loss", ["logistic", "exponential"])
def test_a_classification_separates(problem: tuple[rf.Dataset, rf.Network], loss: str) -> None:
    data, net = problem
    solution = rf.flow(
        data,
        net,
        model=rf.Model(activation=0.1, loss=loss),
        stop=rf.stop.tau(2.5) | rf.stop.time(1e6),
        record=["margin", "tau", "objective"],
    )
    assert solution.verdict.kind == "separating" and solution.verdict.converged
    table = solution.table()
    margin, smoothed, tau = (np.asarray(table[name]) for name in ("margin", "smoothed_margin", "tau"))
    assert margin[-1] > 0.0 and smoothed[-1] > 0.0
    assert np.all(np.diff(tau) > 0.0) and abs(tau[-1] - 2.5) < 1e-4
    assert np.allclose(np.asarray(table["objective"]), np.asarray(table["loss"]))


def test_gradient_descent_takes_the_models_step(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, net = problem
    model = rf.Model(activation=0.3, loss="logistic", rates=(2.0, 0.5), weight_decay=0.1)
    moved = rf.gradient_descent(data, net, lr=0.01, model=model, stop=rf.stop.steps(1)).network
    u = net.w @ data.x.T
    slope = np.where(u > 0.0, 1.0, 0.3)
    h = net.a @ (slope * u) / net.p
    force = data.y / (1.0 + np.exp(data.y * h))
    dw = 2.0 * (net.a[:, None] * ((slope * force) @ data.x) / data.n - 0.1 * net.w)
    da = 0.5 * ((slope * u) @ force / data.n - 0.1 * net.a)
    assert np.allclose(moved.w, net.w + 0.01 * dw, rtol=1e-13, atol=1e-13)
    assert np.allclose(moved.a, net.a + 0.01 * da, rtol=1e-13, atol=1e-13)


def test_what_cannot_be_is_refused(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, net = problem
    with pytest.raises(rf.InputError, match="slope between -1 and 1"):
        rf.Model(activation=2.0)
    with pytest.raises(rf.InputError, match="logistic"):
        rf.Model(loss="hinge")
    with pytest.raises(rf.InputError, match="either train or rates"):
        rf.Model(train="hidden", rates=(1.0, 0.0))
    with pytest.raises(rf.InputTypeError, match="Model"):
        rf.flow(data, net, model="logistic")  # type: ignore[call-overload]
    with pytest.raises(rf.InputError, match="map 0 to -1"):
        rf.flow(rf.Dataset(data.x, (data.y + 1.0) / 2.0), net, model=rf.Model(loss="logistic"))
    with pytest.raises(rf.InputError, match="decay"):
        rf.exact(data, net, model=rf.Model(weight_decay=0.1))


def test_a_network_takes_the_models_activation(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, net = problem
    u = data.x @ net.w.T
    for activation, slope in [("relu", 0.0), (0.3, 0.3), ("absolute-value", -1.0), ("linear", 1.0)]:
        expected = np.where(u > 0.0, u, slope * u) @ net.a / net.p
        assert np.allclose(net(data.x, rf.Model(activation=activation)), expected, rtol=1e-13, atol=1e-13)
    assert np.array_equal(net(data.x), net(data.x, rf.Model()))
    with pytest.raises(rf.InputTypeError, match="a Model such as"):
        net(data.x, "linear")  # type: ignore[arg-type]


def test_rows_by_tau(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, net = problem
    solution = rf.flow(
        data,
        net,
        model=rf.Model(loss="logistic"),
        stop=rf.stop.tau(3.0),
        spacing=rf.spacing.by_tau([0.5, 1.0, 2.0]),
    )
    assert np.allclose(np.asarray(solution.table()["tau"]), [0.5, 1.0, 2.0, 3.0], rtol=2e-3)
    with pytest.raises(rf.InputError, match="the clock of the logistic"):
        rf.flow(data, net, stop=rf.stop.time(1.0), spacing=rf.spacing.by_tau([0.5]))


def test_a_frozen_hidden_layer_says_where_it_ends(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, net = problem
    solution = rf.flow(data, net, model=rf.Model(train="output"), stop=rf.stop.time(5.0))
    assert solution.linear is not None and "a linear problem of rank" in str(solution.linear)
    u = np.maximum(data.x @ net.w.T, 0.0) / net.p
    a = net.a + np.linalg.pinv(u) @ (data.y - u @ net.a)
    assert abs(solution.linear.loss - np.mean((data.y - u @ a) ** 2) / 2.0) < 1e-12
    assert rf.flow(data, net, stop=rf.stop.time(1.0)).linear is None
