"""Draws small problems for hypothesis, and bounds what rounding can do to them."""

from __future__ import annotations

import math

import numpy as np
import reluflow as rf
from hypothesis import assume
from hypothesis import strategies as st

Problem = tuple[rf.Dataset, rf.Network]

EPSILON = float(np.finfo(np.float64).eps)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """n ≤ 12, 2 ≤ d ≤ 8, p ≤ 10, isotropic or Gaussian data, asymmetric or balanced networks.

    In d = 1 a weight passes through 0 and the flow may branch there: not for tests of symmetry.
    """
    data, network = rf.trial(
        n=draw(st.integers(1, 12)),
        d=draw(st.integers(2, 8)),
        p=draw(st.integers(1, 10)),
        data=draw(st.sampled_from(["isotropic", "gaussian"])),
        init=draw(st.sampled_from(["asymmetric", "balanced"])),
        seed=draw(st.integers(0, 2**32)),
    )
    return data, network


def speed(data: rf.Dataset, network: rf.Network) -> float:
    """A bound on ‖dθ/dt‖ in which nothing cancels: what rounding of one evaluation is relative to."""
    norms, hidden, output = data.input_norms, np.linalg.norm(network.w, axis=1), np.abs(network.a)
    sizes = np.abs(data.y) + norms * (output @ hidden) / network.p
    return float(np.hypot(np.linalg.norm(output), np.linalg.norm(hidden)) * (sizes @ norms) / data.n)


def rounding(problem: Problem, solution: rf.Solution) -> float:
    """How far two runs that differ by rounding alone can be apart in θ at the end, as long as their gates agree.

    Where no gate changes, the Jacobian of dθ/dt is a negative one (−M's, which damps at steps below 2n/λ_max) plus
    one of norm at most (1/n) Σ_i |r_i| ‖x_i‖ ≤ C_x^+ √(2L) ≤ C_x^+ √(2L(0)): errors grow by its exponential. A step
    adds the rounding of sums of n, d and p terms, eight times for the few products of each and for the rounding of
    rotated or reordered arrays.
    """
    data, start = problem
    time = solution.end.time
    growth = math.exp(data.input_norm_bounds[1] * math.sqrt(2 * solution.end.initial_loss) * time)
    size = max(
        np.hypot(np.linalg.norm(network.w), np.linalg.norm(network.a)) + time * speed(data, network)
        for network in (start, solution.network)
    )
    terms = data.n + data.d + start.p
    return 8 * terms * EPSILON * size * growth * (solution.counts.steps + 1)


def nearest_kink(problem: Problem, *, lr: float, stop: rf.stop.Stop) -> float:
    """The smallest |⟨w_j, x_i⟩| that gradient descent sees on its way."""
    smallest = math.inf

    def look(point: rf.Point) -> None:
        nonlocal smallest
        smallest = min(smallest, float(np.abs(point.network.w @ point.data.x.T).min()))

    rf.gradient_descent(*problem, lr=lr, stop=stop, spacing=1, observe=look)
    return smallest


def assume_gates_agree(problem: Problem, bound: float, *, lr: float, stop: rf.stop.Stop) -> None:
    """Leaves out problems in which an error of this size could flip an activation, and then grow as it likes."""
    assume(nearest_kink(problem, lr=lr, stop=stop) > problem[0].input_norm_bounds[1] * bound)
