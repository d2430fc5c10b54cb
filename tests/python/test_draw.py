"""Laws draw what they say, and the numbers of a trial are those of the command line."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import reluflow as rf

LAWS = {
    "isotropic": rf.data.isotropic,
    "gaussian": rf.data.gaussian,
    "orthogonal": rf.data.orthogonal,
    "antipodal": rf.data.antipodal,
    "groups": rf.data.groups,
    "teacher": rf.data.teacher,
    "clusters": rf.data.clusters,
    "cone": rf.data.cone,
    "orthogonally-separable": rf.data.orthogonally_separable,
}
NETWORKS = {
    "asymmetric": rf.init.asymmetric,
    "balanced": rf.init.balanced,
    "normal": rf.init.normal,
    "pytorch": rf.init.pytorch,
    "tau-delta": rf.init.tau_delta,
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_called_by_function_or_by_name_draws_the_same(name: str) -> None:
    """The defaults written in Python are those of the core."""
    by_function = LAWS[name](n=4, d=6, seed=5, draw=2, p=3)
    by_name, _ = rf.trial(n=4, d=6, p=3, data=name, seed=5, draw=2)
    assert by_function == by_name


@pytest.mark.parametrize("name", NETWORKS)
def test_an_initialisation_called_by_function_or_by_name_draws_the_same(name: str) -> None:
    data, by_name = rf.trial(n=4, d=6, p=3, init=name, seed=5, draw=2)
    assert NETWORKS[name](p=3, data=data, seed=5, draw=2) == by_name
    assert NETWORKS[name](p=3, d=6, n=4, seed=5, draw=2) == by_name


@pytest.mark.parametrize("name", LAWS)
def test_every_law_takes_noise_flips_and_a_bias(name: str) -> None:
    plain = LAWS[name](n=4, d=6, seed=5)
    altered = LAWS[name](n=4, d=6, seed=5, noise=0.1, flip=0.5)
    assert (plain.x == altered.x).all() and (plain.y != altered.y).all()
    law = {"law": name, "noise": 0.1, "flip": 0.5}
    at = {"n": 4, "d": 6, "p": 3, "seed": 5}
    assert LAWS[name](**at, noise=0.1, flip=0.5) == rf.trial(**at, data=law)[0]
    with_bias = LAWS[name](n=4, d=6, seed=5, bias=True)
    assert with_bias.x.shape == (4, 6) and (with_bias.x[:, 5] == 1).all()


def test_a_target_is_the_function_it_says() -> None:
    v, b = np.array([[1.0, 2.0, 0.5], [-1.0, 0.0, 0.0]]), np.array([2.0, -1.0])
    data = rf.data.gaussian(n=50, d=2, target={"weights": {"hidden": v, "output": b}})
    expected = np.maximum(data.x @ v[:, :2].T + v[:, 2], 0) @ b
    # Three products and two sums of numbers below 10.
    assert np.allclose(data.y, expected, rtol=0, atol=1e-14)
    knots = {"x": [-0.5, 0.1, 0.7], "y": [1.0, -1.0, 2.0]}
    data = rf.data.line(n=101, target={"knots": knots})
    assert np.allclose(data.y, np.interp(data.x[:, 0], knots["x"], knots["y"]), rtol=0, atol=1e-14)


def test_networks_are_altered_as_asked() -> None:
    fixed = {"fixed": 0.5, "signs": "alternating"}
    for draw in [rf.init.asymmetric, rf.init.balanced, rf.init.normal]:
        network = draw(p=4, d=3, seed=2, output=fixed)
        assert (network.w == draw(p=4, d=3, seed=2).w).all()
        assert network.a.tolist() == [0.5, -0.5, 0.5, -0.5]
    for draw in [*NETWORKS.values()]:
        network = draw(p=6, d=3, seed=2, mirrored=True)
        assert (network.w[::2] == network.w[1::2]).all() and (network.a[::2] == -network.a[1::2]).all()
    balances = rf.init.tau_delta(p=5, d=3, tau=0.3, delta=-2.0).balances
    assert np.allclose(balances, -2.0, rtol=1e-14)


def test_a_group_initialisation_is_that_of_the_core() -> None:
    data, by_name = rf.trial(n=4, d=4, p=2, data="groups", init="group", seed=1)
    assert rf.init.group(p=2, data=data, seed=1) == by_name


def test_every_coordinate_of_a_trial_matters() -> None:
    reference = rf.data.isotropic(n=5, d=3, seed=1, draw=2, p=4)
    assert reference == rf.data.isotropic(n=5, d=3, seed=1, draw=2, p=4)
    others = [
        rf.data.isotropic(n=5, d=3, seed=2, draw=2, p=4),
        rf.data.isotropic(n=5, d=3, seed=1, draw=3, p=4),
        rf.data.isotropic(n=5, d=3, seed=1, draw=2, p=5),
    ]
    assert all(other != reference for other in others)


def test_magnitudes_in_all_their_forms() -> None:
    constant = rf.data.isotropic(n=50, d=3, norms=2.5, label_sizes=(3, 4), signs="alternating")
    # x is scaled by 2.5/‖x‖, one rounding an entry and a few in the norm.
    assert np.allclose(constant.input_norms, 2.5, rtol=1e-14)
    assert (np.abs(constant.y) >= 3).all() and (np.abs(constant.y) <= 4).all()
    assert (np.sign(constant.y) == np.resize([1, -1], 50)).all()
    spread = rf.data.isotropic(n=50, d=3, norms={"log-normal": (0, 0.5)}, signs="positive")
    assert spread.input_norms.std() > 0 and (spread.y > 0).all()


REFUSED = [
    (lambda: rf.data.isotropic(n=0, d=3), rf.InputError, "n: expected a whole number from 1"),
    (lambda: rf.data.isotropic(n=10**30, d=3), rf.InputError, "n: expected a whole number"),
    (lambda: rf.data.isotropic(n=2.5, d=3), rf.InputTypeError, "n: expected a whole number.*found 2.5"),
    (lambda: rf.data.isotropic(n=True, d=3), rf.InputTypeError, "n: expected a whole number"),
    (lambda: rf.data.isotropic(n=2**40, d=2**40), rf.OutOfMemory, "an array that fits into memory"),
    (lambda: rf.init.asymmetric(p=2**40, d=2**40), rf.OutOfMemory, "hidden weights: expected an array that fits"),
    (lambda: rf.data.isotropic(n=2, d=3, seed=-1), rf.InputError, "seed: expected a whole number from 0"),
    (lambda: rf.data.isotropic(n=2, d=3, norms=(2, 1)), rf.InputError, "norms: expected uniform"),
    (lambda: rf.data.isotropic(n=2, d=3, norms=(1, 2, 3)), rf.InputError, "norms: expected a number"),
    (lambda: rf.data.isotropic(n=2, d=3, signs="odd"), rf.InputError, "signs: expected one of random"),
    (lambda: rf.data.orthogonal(n=4, d=3), rf.InputError, "orthogonal inputs n: expected at most d = 3, found 4"),
    (lambda: rf.data.antipodal(n=3, d=3), rf.InputError, "expected an even number, found 3"),
    (lambda: rf.trial(n=2, d=2, p=2, data="isotrop"), rf.InputError, "data: expected one of isotropic, .*did you mean `isotropic`"),
    (lambda: rf.trial(n=2, d=2, p=2, init={"law": "balanced", "scal": 1}), rf.InputError, "expected one of hidden, scale, found scal; did you mean `scale`"),
    (lambda: rf.init.asymmetric(p=2), rf.InputError, "d: expected the dimension, or data, found neither"),
    (lambda: rf.init.asymmetric(p=2, d=3, covered=True), rf.InputError, "data: expected the dataset"),
    (lambda: rf.init.asymmetric(p=2, d=4, data=rf.data.gaussian(3, 3)), rf.InputError, "d: expected 3"),
    (lambda: rf.data.gaussian(n=2, d=3, flip=2), rf.InputError, "flip: expected a probability from 0 to 1, found 2"),
    (lambda: rf.data.gaussian(n=2, d=3, target=1), rf.InputTypeError, "target: expected the name of a function"),
    (lambda: rf.data.gaussian(n=2, d=3, target="sine"), rf.InputError, "where inputs are not on the line"),
    (lambda: rf.data.gaussian(n=2, d=3, target="lin"), rf.InputError, "expected one of linear, .*found lin; did you mean `linear`"),
    (lambda: rf.init.balanced(p=3, d=3, mirrored=True), rf.InputError, "expected an even number with mirrored = true"),
    (lambda: rf.init.normal(p=2, d=3, hidden=0), rf.InputError, "hidden: expected a positive number"),
    (lambda: rf.init.asymmetric(p=2, d=3, margin=-1), rf.InputError, "margin: expected a non-negative number"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_cannot_be_drawn_is_refused(call, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        call()
    assert isinstance(caught.value, rf.ReluflowError)


def test_a_trial_is_the_command_lines_bit_for_bit(tmp_path: Path) -> None:
    """The default problem, followed by both: every number is the same."""
    out = tmp_path / "trajectory.csv"
    arguments = ["trajectory", "--n", "40", "--d", "10", "--p", "9", "--seed", "7", "--draw", "2", "--out", str(out)]
    subprocess.run([sys.executable, "-m", "reluflow", *arguments], check=True)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    data, network = rf.trial(n=40, d=10, p=9, seed=7, draw=2)
    record = ["curvature", "curvature-bounds", "balance", "lost"]
    solution = rf.flow(data, network, record=record)
    table = solution.table()
    assert table.columns == list(rows[0]) and table.rows == len(rows) > 8
    for name in table:
        # The command writes the shortest decimal that reads back as the same number, and nothing for NaN.
        values = [float(row[name]) if row[name] else math.nan for row in rows]
        assert np.array_equal(table[name], values, equal_nan=True), name


def test_gaussian_labels_are_half_normal_sizes_with_random_signs() -> None:
    labels = rf.data.isotropic(n=4000, d=2, label_sizes={"half-normal": 1.5}, seed=4).y / 1.5
    # Of 4000 draws of N(0, 1): the mean to 5/√4000, the variance to 5 √(2/4000), the fourth moment 3 to 5 √(96/4000).
    assert abs(labels.mean()) < 0.08 and abs((labels**2).mean() - 1) < 0.12 and abs((labels**4).mean() - 3) < 0.78


def test_laws_are_refused_in_the_words_of_a_file() -> None:
    for norms, words in [
        ({"unifrom": [1, 2]}, "expected one of uniform, constant, log-normal, half-normal, found unifrom; did you mean `uniform`"),
        ({"uniform": 3}, "a list"),
        ({"constant": "a"}, "a number"),
        ({"half-normal": -1}, "half-normal = sigma with sigma > 0"),
    ]:
        with pytest.raises(rf.InputError, match=words.replace("(", r"\(")) as error:
            rf.data.isotropic(n=3, d=2, norms=norms)  # type: ignore[arg-type]
        for word in ("variant", "struct", "f64", "tuple", "LabelLaw", "Magnitude"):
            assert word not in str(error.value), str(error.value)
