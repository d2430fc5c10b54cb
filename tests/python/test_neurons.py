"""Every observable of neurons against a formula of its own in NumPy, on networks of real runs."""

from __future__ import annotations

import numpy as np
import pytest

import reluflow as rf

SHAPES = [(12, 5, 9, 0), (30, 8, 4, 1), (6, 20, 15, 2), (9, 1, 3, 3)]
RECORD = (
    "squared-norm",
    "rank",
    "angles",
    "label-alignment",
    "directions",
    "movement",
    "flipped",
    "kernel-distance",
    "network",
)


def angle(u, v):
    return np.arccos(np.clip(u @ v / np.linalg.norm(u) / np.linalg.norm(v), -1, 1))


def expected(name, w, a, w0, a0, x, y):
    """The formula of the documentation, written as loops."""
    p, n = len(a), len(y)
    active = [j for j in range(p) if (x @ w[j] > 0).any() and a[j] != 0]
    gamma = sum(y[i] * x[i] for i in range(n)) / n
    if name == "squared_norm":
        return (w**2).sum() + (a**2).sum()
    if name == "hidden_norm":
        return np.sqrt(np.trace(w @ w.T))
    if name == "stable_rank":
        return (w**2).sum() / np.linalg.norm(w, 2) ** 2
    if name == "nuclear_norm":
        return np.linalg.norm(w, "nuc")
    if name.startswith("singular_"):
        values = np.sqrt(np.clip(np.linalg.eigvalsh(w @ w.T)[::-1], 0, None))
        k = int(name[-1]) - 1
        return values[k] if k < min(w.shape) else np.nan
    if "_angle_" in name:
        sign = 1 if name.endswith("positive") else -1
        group = [j for j in active if np.sign(a[j]) == sign]
        angles = [angle(w[j], w[k]) for j in group for k in group if j < k]
        if not angles:
            return np.nan
        return max(angles) if name.startswith("max") else np.mean(angles)
    if name.endswith("label_alignment"):
        cosines = np.array([np.sign(a[j]) * np.cos(angle(w[j], gamma)) for j in active])
        weights = np.array([abs(a[j]) * np.linalg.norm(w[j]) for j in active])
        return cosines.min() if name.startswith("min") else (cosines * weights).sum() / weights.sum()
    if name in ("directions", "top_share"):
        size = {j: abs(a[j]) * np.linalg.norm(w[j]) for j in active}
        order = sorted(active, key=lambda j: -size[j])
        groups = []
        for j in order:
            if size[j] < 1e-3 * size[order[0]]:
                continue
            for group in groups:
                if np.sign(a[group[0]]) == np.sign(a[j]) and np.cos(angle(w[group[0]], w[j])) > 0.99:
                    group.append(j)
                    break
            else:
                groups.append([j])
        if name == "directions":
            return len(groups)
        return max((w[group] ** 2).sum() for group in groups) / (w**2).sum()
    if name == "distance":
        return np.sqrt(((w - w0) ** 2).sum() + ((a - a0) ** 2).sum())
    if name == "hidden_movement":
        return np.linalg.norm(w - w0) / np.linalg.norm(w0)
    if name == "flipped":
        return np.mean((x @ w.T > 0) != (x @ w0.T > 0))

    def kernel(w, a):
        u = x @ w.T
        slope = (u > 0) * a
        return (slope @ slope.T) * (x @ x.T) + np.maximum(u, 0) @ np.maximum(u, 0).T

    assert name == "kernel_distance"
    k, k0 = kernel(w, a), kernel(w0, a0)
    return 1 - (k * k0).sum() / np.linalg.norm(k) / np.linalg.norm(k0)


COLUMNS = (
    ["squared_norm", "hidden_norm", "stable_rank", "nuclear_norm"]
    + [f"singular_{k}" for k in range(1, 6)]
    + [f"{which}_angle_{sign}" for which in ("max", "mean") for sign in ("positive", "negative")]
    + ["label_alignment", "min_label_alignment", "directions", "top_share"]
    + ["distance", "hidden_movement", "flipped", "kernel_distance"]
)


@pytest.mark.filterwarnings("ignore:no network without biases")  # on the line
@pytest.mark.parametrize(("n", "d", "p", "seed"), SHAPES)
def test_columns_are_the_formulas(n, d, p, seed):
    data, net = rf.trial(n=n, d=d, p=p, seed=seed + 77)
    solution = rf.flow(data, net, record=RECORD, spacing=rf.spacing.per_decade(2))
    table, path = solution.table(), solution.path
    assert len(path) == table.rows
    assert np.array_equal(path.times, table["time"])
    for name in COLUMNS:
        if name not in table.columns:
            wanted = [expected(name, path.hidden[k], path.output[k], net.w, net.a, data.x, data.y) for k in range(len(path))]
            assert np.isnan(wanted).all(), name
            continue
        for k in range(len(path)):
            found = table[name][k]
            wanted = expected(name, path.hidden[k], path.output[k], net.w, net.a, data.x, data.y)
            # Singular values by a Gram matrix, and angles by arccos near 0, keep half the digits.
            assert found == pytest.approx(wanted, rel=1e-6, abs=2e-7, nan_ok=True), (name, k)


def test_test_data_teacher_and_directions():
    data, net = rf.trial(n=15, d=4, p=8, seed=5)
    test, teacher = rf.data.isotropic(n=200, d=4, seed=9), rf.init.asymmetric(p=3, d=4, seed=2)
    directions = np.eye(4)[:2]
    solution = rf.flow(data, net, test=test, teacher=teacher, directions=directions, record="network")
    table, last = solution.table(), solution.path[-1]
    h = np.maximum(test.x @ last.w.T, 0) @ last.a / 8
    assert table["test_loss"][-1] == pytest.approx(0.5 * np.mean((h - test.y) ** 2), rel=1e-12)
    assert table["test_error"][-1] == np.mean(h * test.y <= 0)
    unit = last.w / np.linalg.norm(last.w, axis=1, keepdims=True)
    assert table["nearest_1"][-1] == pytest.approx(unit[:, 0].max(), rel=1e-12)
    to_teacher = unit @ (teacher.w / np.linalg.norm(teacher.w, axis=1, keepdims=True)).T
    same_sign = np.sign(last.a)[:, None] == np.sign(teacher.a)[None, :]
    nearest = np.where(same_sign, to_teacher, -1).max(axis=0)
    assert table["teacher_cosine"][-1] == pytest.approx(nearest.min(), rel=1e-12)
    assert table["teacher_found"][-1] == (nearest > 0.95).sum()


def test_refusals_say_what_was_expected():
    data, net = rf.trial(n=6, d=3, p=4, seed=0)
    with pytest.raises(rf.InputError, match="test="):
        rf.flow(data, net, record="test")
    with pytest.raises(rf.InputError, match="dimension 3"):
        rf.flow(data, net, test=rf.data.isotropic(n=5, d=2, seed=0))
    with pytest.raises(rf.InputError, match=r"\(k, 3\)"):
        rf.flow(data, net, directions=[[1.0, 0.0]])
    with pytest.raises(rf.InputTypeError, match="a Network"):
        rf.flow(data, net, teacher=data)


def test_a_path_can_be_saved(tmp_path):
    data, net = rf.trial(n=6, d=3, p=4, seed=0)
    path = rf.flow(data, net, record="network").path
    path.save(tmp_path / "path.npz")
    kept = np.load(tmp_path / "path.npz")
    assert np.array_equal(kept["hidden"], path.hidden)
    assert np.array_equal(path.hidden[0], net.w)
    assert "4 neurons in dimension 3" in repr(path)
    assert "record" in repr(rf.flow(data, net).path)
