"""The statements are those of the core, and agree with what NumPy finds."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reluflow as rf

theory = rf.theory


def test_a_snapshot_is_the_formula_of_the_front_page(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, network = problem
    u = network.w @ data.x.T
    r = data.y - (network.a @ np.maximum(u, 0)) / network.p
    seen = theory.snapshot(data, network)
    # Sums of at most n·p = 240 terms of order 1: rounding stays far below 1e-12.
    assert np.allclose(seen.preactivations, u, rtol=0, atol=1e-12)
    assert np.allclose(seen.residuals, r, rtol=0, atol=1e-12)
    assert np.isclose(seen.loss, (r @ r) / (2 * data.n), rtol=1e-12)
    assert np.allclose(seen.mass, (network.a**2 @ (u > 0)) / network.p, rtol=1e-12)
    gates = (u > 0) * network.a[:, None]
    kernel = (gates.T @ gates * (data.x @ data.x.T) + np.maximum(u, 0).T @ np.maximum(u, 0)) / network.p
    # The eigenvalues below are the core's, which writes M out by itself.
    assert np.allclose(theory.kernel(data, network), kernel, rtol=0, atol=1e-12)
    dw, da = theory.velocity(data, network)
    assert np.allclose(dw, (gates * r) @ data.x / data.n, rtol=0, atol=1e-12)
    assert np.allclose(da, np.maximum(u, 0) @ r / data.n, rtol=0, atol=1e-12)
    assert np.isclose((dw**2).sum() + (da**2).sum(), seen.curvature * network.p * seen.loss, rtol=1e-12)
    assert np.isclose(seen.curvature, 2 / data.n * (r @ kernel @ r) / (r @ r), rtol=1e-11)
    chain = theory.lemma_6.chain(data, network)
    low, high = np.linalg.eigvalsh(kernel)[[0, -1]]
    # Eigenvalues are exact to rounding of the largest.
    assert np.allclose([chain.kernel_low, chain.kernel_high], [2 / data.n * low, 2 / data.n * high], atol=1e-13 * high)
    assert list(chain) == sorted(chain)
    correct = ((u > 0) & (network.a[:, None] * data.y > 0)).sum(axis=0)
    assert theory.coverage(data, network).tolist() == correct.tolist()


def test_assumptions_are_those_of_numpy(problem: tuple[rf.Dataset, rf.Network]) -> None:
    data, network = problem
    gram = data.x @ data.x.T
    delta = np.abs(np.linalg.eigvalsh(gram - np.diag(np.diag(gram)))).max()
    found = theory.assumption_2(data, network)
    # The largest eigenvalue is found by iteration.
    assert np.isclose(found.interaction, delta, rtol=1e-8) and np.isclose(data.interaction(), delta, rtol=1e-8)
    assert found.holds == all(hypothesis.margin > 0 for hypothesis in found.hypotheses)
    margin = (np.abs(network.a) - np.linalg.norm(network.w, axis=1)).min()
    assert np.isclose(theory.assumption_1(network).margin, margin) and theory.assumption_1(network).holds
    orthogonal = rf.data.orthogonal(n=6, d=8, rotated=True)
    assert theory.assumption_2(orthogonal, rf.init.asymmetric(p=40, data=orthogonal)).holds


def test_widths_and_probabilities() -> None:
    assert theory.width(n=1650, eps=0.05) == math.floor(math.log(1650 / 0.05) / math.log(4 / 3)) + 1 == 37
    # One positive example, p = 2: not covered with probability (3/4)².
    assert np.isclose(theory.lemma_5.probability(1, 0, 2), 1 - 0.75**2, rtol=1e-14)
    exact = theory.lemma_5.probability(800, 850, 30)
    assert theory.lemma_5.probability_at_least(1650, 30) <= exact <= theory.lemma_5.probability_at_most(800, 850, 30)
    assert theory.lemma_5.necessary_width(800, 850, 0.05) < theory.width(1650, 0.05)
    with pytest.raises(rf.InputError, match="eps: expected a number between 0 and 1, found 0"):
        theory.width(n=10, eps=0)
    with pytest.raises(rf.InputError, match="n: expected a whole number from 1"):
        theory.width(n=0, eps=0.1)


def test_groups_have_their_closed_form() -> None:
    data, network = rf.trial(n=12, d=12, p=3, data={"law": "groups", "groups": 3}, init="group", seed=2)
    groups, hypotheses = theory.proposition_2.groups(data, network)
    assert len(groups) == 3 and all(hypothesis.holds for hypothesis in hypotheses)
    times = np.array([[0.0, 1.0], [4.0, 9.0]])
    flow = rf.exact(data, network, stop=rf.stop.time(9), spacing=times.ravel()).table()
    loss = sum(group.loss(times) for group in groups)
    assert loss.shape == (2, 2)
    # Taylor series to 1e-13 a step against the closed form.
    assert np.allclose(flow["loss"], loss.ravel(), rtol=1e-9)
    start, end = groups[0].window(0.1)
    assert np.allclose(groups[0].loss([start, end]) / groups[0].loss(0.0), [0.9, 0.1], rtol=1e-6)
    assert start < groups[0].transition_time < end


def test_theorem_1_bounds_the_flow() -> None:
    data = rf.data.orthogonal(n=5, d=6, seed=4)
    network = rf.init.asymmetric(p=40, data=data, seed=4, covered=True)
    promise = theory.theorem_1.Guarantee(data, network)
    assert promise.holds and len(promise.hypotheses) == 4 and promise.constant == data.n * promise.asymptotic_rate
    table = rf.exact(data, network, stop=rf.stop.time(20), record="curvature").table()
    assert (np.log(table["loss"]) <= promise.log_loss(table["time"]) + 1e-9).all()
    assert (table["mu"] >= promise.rate(table["time"]) - 1e-12).all()
    dying = theory.lemma_7.extinction(data, network)
    assert dying.wrong > 0 and dying.movement.shape == (5,) and dying.holds == np.isfinite(dying.time)
    assert theory.proposition_1.ceiling(data, network).bound > 0
    with pytest.raises(rf.InputError, match="network.w: expected 6 columns, as data.x has, found 3"):
        theory.theorem_1.Guarantee(data, rf.init.balanced(p=2, d=3))


def test_a_wide_network_starts_at_lemma_4s_limit() -> None:
    data = rf.data.isotropic(n=10, d=8, seed=1)
    # balanced on the sphere: E[a²] = 1, s² = 1/d
    limit = theory.lemma_4.limit(data, output=1.0, hidden=1 / 8)
    wide = rf.init.balanced(p=40_000, data=data, hidden="sphere", seed=1)
    # Fluctuations are of order 1/√p = 0.005, relative: ten times that.
    assert abs(theory.snapshot(data, wide).curvature / limit - 1) < 0.05
    assert theory.kappa_0(0.0) == 0.5 and theory.kappa_1(0.0) == 0.5
