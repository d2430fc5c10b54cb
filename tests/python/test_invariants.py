"""What must hold for every problem: balance, a falling loss, and the symmetries of the flow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import reluflow as rf
from hypothesis import assume, given
from hypothesis import strategies as st

from problems import EPSILON, Problem, assume_gates_agree, problems, rounding, speed

LR = 0.125
"""Below 2n/λ_max(M) on most of these problems; checked where it matters."""

STOP = rf.stop.time(1.0)

SHORT = 2.0**-5
"""Steps of the flow so short that the estimate of λ_max, which knows no symmetry, neither bounds them nor adds stages."""

Symmetry = Callable[[Problem, np.random.Generator], tuple[Problem, Callable[[rf.Network], rf.Network]]]


def permute_neurons(problem: Problem, random: np.random.Generator):
    data, network = problem
    order = random.permutation(network.p)
    back = np.argsort(order)
    return (data, rf.Network(network.w[order], network.a[order])), lambda end: rf.Network(end.w[back], end.a[back])


def permute_examples(problem: Problem, random: np.random.Generator):
    data, network = problem
    order = random.permutation(data.n)
    return (rf.Dataset(data.x[order], data.y[order]), network), lambda end: end


def rotate_inputs(problem: Problem, random: np.random.Generator):
    data, network = problem
    frame = np.linalg.qr(random.standard_normal((data.d, data.d)))[0]
    turned = rf.Dataset(data.x @ frame.T, data.y), rf.Network(network.w @ frame.T, network.a)
    return turned, lambda end: rf.Network(end.w @ frame, end.a)


SYMMETRIES = {"neurons": permute_neurons, "examples": permute_examples, "rotation": rotate_inputs}


def distance(one: rf.Network, other: rf.Network) -> float:
    """‖θ − θ'‖."""
    return float(np.hypot(np.linalg.norm(one.w - other.w), np.linalg.norm(one.a - other.a)))


@pytest.mark.parametrize("name", SYMMETRIES)
@given(problem=problems(), seed=st.integers(0, 2**32))
def test_gradient_descent_has_the_symmetries_of_the_loss(name: str, problem: Problem, seed: int) -> None:
    image, back = SYMMETRIES[name](problem, np.random.default_rng(seed))
    reference = rf.gradient_descent(*problem, lr=LR, stop=STOP, record="spectrum", spacing=1)
    bound = rounding(problem, reference)
    assume_gates_agree(problem, bound, lr=LR, stop=STOP)
    # `rounding` asks for a damping step, and for a loss that does not pass its initial value.
    table = reference.table()
    assume((table["lambda_max"] * LR <= 2 * problem[0].n).all() and (table["loss"] <= table["loss"][0]).all())
    moved = rf.gradient_descent(*image, lr=LR, stop=STOP)
    assert distance(back(moved.network), reference.network) <= bound


@pytest.mark.parametrize("name", SYMMETRIES)
@given(problem=problems(), seed=st.integers(0, 2**32))
def test_the_exact_flow_has_the_symmetries_of_the_loss(name: str, problem: Problem, seed: int) -> None:
    """Up to just before its first event, where errors grow by `rounding` and no faster."""
    events = rf.exact(*problem, stop=STOP).events["time"]
    stop = rf.stop.time(0.9 * float(events[0]) if len(events) else 1.0)
    reference = rf.exact(*problem, stop=stop)
    image, back = SYMMETRIES[name](problem, np.random.default_rng(seed))
    moved = rf.exact(*image, stop=stop)
    # A step is cut at a last coefficient of 1e-13, of each neuron; its rounding is that of order 12 in the series.
    truncation = 1e-13 / EPSILON
    assert distance(back(moved.network), reference.network) <= (12 + truncation) * rounding(problem, reference)
    assert moved.counts.events == reference.counts.events == 0


@pytest.mark.parametrize("integrator", rf.INTEGRATORS)
@pytest.mark.parametrize("name", SYMMETRIES)
def test_the_flows_methods_have_the_symmetries_of_the_loss(name: str, integrator: str) -> None:
    """With as many steps. One shorter than the longest was chosen from the state, and can double the error."""
    same = 0
    for seed in range(4):
        problem = rf.trial(n=9, d=5, p=7, seed=seed)
        image, back = SYMMETRIES[name](problem, np.random.default_rng(seed))
        options = {"stop": rf.stop.time(0.5), "integrator": integrator, "largest_step": SHORT}
        if integrator == "automatic":
            options["patience"] = 0
        reference, moved = rf.flow(*problem, **options), rf.flow(*image, **options)
        # A step at the edge of what is allowed may be rejected in one of the two by a rounding.
        if moved.counts != reference.counts:
            continue
        same += 1
        chosen = reference.counts.steps - int(0.5 / SHORT) + 1
        bound = 2.0**chosen * rounding(problem, reference)
        assert bound < 1e-6 and distance(back(moved.network), reference.network) <= bound
    assert same >= 3


@pytest.mark.parametrize("name", SYMMETRIES)
def test_steps_over_kinks_have_the_symmetries_to_their_accuracy(name: str) -> None:
    """Pairs that cross their kinks in one small step do so in the order of the examples, and that order may change."""
    for seed in range(8):
        problem = rf.trial(n=9, d=5, p=7, seed=seed)
        image, back = SYMMETRIES[name](problem, np.random.default_rng(seed))
        reference, moved = (rf.flow(*one, stop=rf.stop.time(0.5), largest_step=SHORT) for one in (problem, image))
        assert distance(back(moved.network), reference.network) <= 1e-3


METHODS = {
    "flow": lambda *problem, **options: rf.flow(*problem, largest_step=SHORT, **options),
    "gradient descent": lambda *problem, **options: rf.gradient_descent(*problem, lr=LR, **options),
    "exact": rf.exact,
}


@pytest.mark.parametrize("name", METHODS)
@given(problem=problems())
def test_flipping_every_sign_of_y_and_a_changes_no_bit(name: str, problem: Problem) -> None:
    """h becomes −h and r becomes −r, w_j moves as before: rounding to nearest knows no sign."""
    data, network = problem
    record = ["curvature", "curvature-bounds", "balance", "activity", "lost"]
    one = METHODS[name](data, network, stop=STOP, record=record)
    other = METHODS[name](rf.Dataset(data.x, -data.y), rf.Network(network.w, -network.a), stop=STOP, record=record)
    assert np.array_equal(other.network.w, one.network.w) and np.array_equal(other.network.a, -one.network.a)
    assert other.table() == one.table() and other.counts == one.counts
    assert other.events == one.events


@given(problem=problems(), power=st.integers(-3, 3))
def test_scaling_by_a_power_of_two_changes_no_bit(problem: Problem, power: int) -> None:
    """(w, a, y, t) → (cw, ca, c²y, t/c²) maps descents at rate η to descents at rate η/c²; c = 2^k is exact."""
    data, network = problem
    scale = 2.0**power
    steps = rf.stop.steps(8)
    one = rf.gradient_descent(data, network, lr=LR, stop=steps)
    image = rf.Dataset(data.x, scale**2 * data.y), rf.Network(scale * network.w, scale * network.a)
    other = rf.gradient_descent(*image, lr=LR / scale**2, stop=steps)
    assert np.array_equal(other.network.w, scale * one.network.w)
    assert np.array_equal(other.network.a, scale * one.network.a)
    assert other.end.loss == scale**4 * one.end.loss


@given(problem=problems())
def test_the_flow_conserves_balance_and_its_loss_never_rises(problem: Problem) -> None:
    data, network = problem
    solution = rf.exact(data, network, stop=rf.stop.time(4.0), record=["loss", "balance"])
    table = solution.table()
    # a_j² and ‖w_j‖² are computed to a relative error of d roundings, and so are their changes at each step;
    # the series are cut at 1e-13 a step.
    size = float((solution.network.a**2 + (solution.network.w**2).sum(axis=1)).max() + (network.a**2).max())
    steps = solution.counts.steps + 1
    assert table["balance_drift"].max() <= 8 * (1e-13 + data.d * EPSILON) * size * steps
    drift = np.abs(solution.network.balances - network.balances).max()
    assert np.isclose(solution.end.balance_drift, drift, rtol=0, atol=8 * data.d * EPSILON * size)
    # The same of L, relative to L(0), at every step; it is never compared more closely than that.
    falls = np.diff(table["loss"])
    assert (falls <= 8 * (1e-13 + (data.n + data.d + network.p) * EPSILON) * table["loss"][0]).all()
    assert solution.end.loss <= solution.end.initial_loss == table["loss"][0]


@pytest.mark.parametrize("integrator", rf.INTEGRATORS)
@given(problem=problems())
def test_no_step_of_the_flow_raises_the_loss_by_more_than_it_may(integrator: str, problem: Problem) -> None:
    """An accepted step has not let L grow by more than 2 %; balance is put back after every one."""
    solution = rf.flow(*problem, stop=rf.stop.time(4.0), integrator=integrator, record="balance", spacing=1)
    table = solution.table()
    assert (table["loss"][1:] <= 1.02 * table["loss"][:-1]).all()
    size = float((solution.network.a**2).max() + (problem[1].a**2).max())
    assert table["balance_drift"].max() <= 8 * problem[0].d * EPSILON * size * (solution.counts.steps + 1)


@given(problem=problems())
def test_one_step_of_gradient_descent_moves_the_balance_by_the_square_of_the_rate(problem: Problem) -> None:
    """⟨w_j, dw_j/dt⟩ = a_j da_j/dt, so a_j² − ‖w_j‖² moves by η²((da_j/dt)² − ‖dw_j/dt‖²), and only by that."""
    data, network = problem
    stepped = rf.gradient_descent(data, network, lr=LR, stop=rf.stop.steps(1)).network
    expected = (stepped.a - network.a) ** 2 - ((stepped.w - network.w) ** 2).sum(axis=1)
    found = stepped.balances - network.balances
    size = (network.a**2).max() + (network.w**2).sum(axis=1).max() + LR * speed(*problem) ** 2
    assert np.allclose(found, expected, rtol=0, atol=8 * (data.n + data.d + network.p) * EPSILON * size)

