"""The limit of vanishing starts, against a loop in NumPy and the exact flow."""

from __future__ import annotations

import numpy as np
import pytest

import reluflow as rf


def by_loops(x, y, w, a):
    """The rule of the documentation, written with sets."""
    p, norms = len(a), np.linalg.norm(x, axis=1)
    covers = [{i for i in range(len(y)) if x[i] @ w[j] > 0 and y[i] * a[j] > 0} for j in range(p)]
    left, unfitted, level, s, events = set(range(p)), set(range(len(y))), np.full(p, -1.0), 0.0, []
    while True:
        speed = np.array([np.sqrt(sum((y[i] * norms[i]) ** 2 for i in covers[j] & unfitted)) for j in range(p)])
        wait = {j: -level[j] / speed[j] for j in left if speed[j] > 0}
        if not wait:
            return events
        first = min(wait, key=lambda j: (wait[j], j))
        level, s = level + speed * wait[first], s + wait[first]
        fits = covers[first] & unfitted
        unfitted -= fits
        left.remove(first)
        events.append((s, first, sorted(fits), sum(y[i] ** 2 for i in unfitted) / 2 / len(y)))


@pytest.mark.parametrize("seed", range(8))
def test_jumps_are_those_of_the_loop(seed):
    n = 5 + 3 * seed
    data, start = rf.trial(n=n, d=n + 2, p=9, data="orthogonal", seed=seed)
    net = rf.Network(start.w, start.a)
    jumps = rf.jump(data, net)
    expected = by_loops(data.x, data.y, net.w, net.a)
    assert jumps.events.rows == len(expected)
    for k, (s, neuron, fits, loss) in enumerate(expected):
        assert jumps.events["s"][k] == pytest.approx(s, rel=1e-12)
        assert jumps.events["neuron"][k] == neuron
        assert jumps.fitted[k].tolist() == fits
        assert jumps.events["loss"][k] == pytest.approx(loss, abs=1e-12)
    h = np.maximum(data.x @ jumps.network.w.T, 0) @ jumps.network.a / net.p
    fitted = [i for i in range(n) if i not in jumps.lost]
    assert h[fitted] == pytest.approx(data.y[fitted], rel=1e-9)
    assert jumps.norm == pytest.approx(((jumps.network.w**2).sum() + (jumps.network.a**2).sum()) / net.p, rel=1e-12)
    assert [plateau.loss for plateau in jumps.plateaus][1:] == jumps.events["loss"].tolist()


def test_only_orthogonal_inputs():
    data, net = rf.trial(n=6, d=3, p=4, seed=0)
    with pytest.raises(rf.InputError, match="orthogonal"):
        rf.jump(data, net)
    with pytest.raises(rf.InputTypeError, match="a Network"):
        rf.jump(data, data)


def test_a_start_whose_output_weights_may_change_sign_is_refused():
    # 1 − √5/0.01 = −222.6.
    with pytest.raises(rf.InputError, match=r"\|a_j\| ≥ ‖w_j‖ for every neuron.*-2\.2e2"):
        rf.jump(rf.Dataset(np.eye(2), [1, -1.5]), rf.Network([[1, 2]], [0.01]))


@pytest.mark.parametrize(("x", "y"), [(1e-200, 1), (1e200, 1), (1, 1e-200), (1, 1e200)])
def test_sizes_beyond_the_range_of_numbers_are_refused(x, y):
    with pytest.raises(rf.InputError, match="between 1e-70 and 1e70"):
        rf.jump(rf.Dataset(x * np.eye(2), [y, y]), rf.Network([[1, 2]], [3]))
