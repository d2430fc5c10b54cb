"""Data of scikit-learn and statsmodels, as their wheels ship them: read or refused in words, and followed as NumPy does.

Skipped where those packages are not installed: none of it is kept here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import reluflow as rf

Keys = dict[str, Any]

STEPS = 200


def numpy_losses(data: rf.Dataset, network: rf.Network, lr: float) -> np.ndarray:
    """L at the steps of gradient descent on p·L, by the formulas: w_j += (lr/n) Σ_i r_i a_j 1[u>0] x_i, a_j += (lr/n) Σ_i r_i σ(u)."""
    x, y, w, a = data.x, data.y, np.array(network.w), np.array(network.a)
    losses = []
    for _ in range(STEPS + 1):
        u = x @ w.T
        active = np.maximum(u, 0)
        r = y - active @ a / a.size
        losses.append(r @ r / (2 * y.size))
        w, a = w + lr / y.size * (((u > 0) * r[:, None]).T @ x) * a[:, None], a + lr / y.size * (active.T @ r)
    return np.array(losses)


def follow(data: rf.Dataset, name: str) -> None:
    """200 Euler steps from a network of 8 neurons: the same losses as NumPy's."""
    network = rf.init.pytorch(p=8, data=data, seed=1)
    # Stable by far: ‖x‖² (a² + ‖w‖²) bounds the curvature of each example.
    scale = float(np.abs(network.a).max() ** 2 + (network.w**2).sum(axis=1).max() + np.abs(data.y).max())
    lr = 0.1 / (float((data.input_norms**2).mean()) * scale)
    solution = rf.gradient_descent(data, network, lr=lr, stop=rf.stop.steps(STEPS), record=["loss"], spacing=1)
    ours, theirs = solution.table()["loss"], numpy_losses(data, network, lr)
    assert ours.size == theirs.size == STEPS + 1
    # Sums of n d terms in another order: 200 steps add 200 such roundings, and descent does not make them grow.
    tolerance = STEPS * np.sqrt(data.n * data.d) * np.finfo(float).eps
    difference = float(np.max(np.abs(ours / theirs - 1)))
    print(f"{name}: n = {data.n}, d = {data.d}, L {theirs[0]:.6g} to {theirs[-1]:.6g}, largest relative difference {difference:.1e}")
    assert difference <= tolerance, (difference, tolerance)
    assert theirs[-1] < theirs[0]


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes", "digits"])
def test_frames_of_scikit_learn(name: str) -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    pytest.importorskip("pandas")
    bunch = getattr(datasets, f"load_{name}")(as_frame=True)
    # Pixels that are 0 in every image cannot be standardised.
    constant = [column for column in bunch.frame if bunch.frame[column].nunique() == 1]
    if constant:
        with pytest.raises(rf.InputError, match=f"column `{constant[0]}`, always 0"):
            rf.Dataset(bunch.frame, standardize=True)
    data = rf.Dataset(bunch.frame, drop=constant, standardize=True, bias=True)
    kept = bunch.data.drop(columns=constant).to_numpy()
    assert np.array_equal(data.y, bunch.target.to_numpy(dtype=float))
    assert np.allclose(data.x[:, :-1], (kept - kept.mean(axis=0)) / kept.std(axis=0), rtol=0, atol=1e-9)
    assert f"{data.n} rows" in data.account and "label target" in data.account
    follow(data, name)


FILES: list[tuple[str, str, Keys, str, tuple[int, int]]] = [
    ("iris.csv", "both in it: 150, 4, setosa", {"header": True}, "", (150, 4)),
    ("wine_data.csv", "both in it: 178, 13, class_0", {"header": True}, "5 in line 1|14 in line 2|fields in every line", (0, 0)),
    ("breast_cancer.csv", "both in it: 569, 30, malignant", {"header": True}, "fields in every line", (0, 0)),
    ("digits.csv.gz", "", {}, "", (1797, 64)),
    ("diabetes_data_raw.csv.gz", "", {}, "", (442, 9)),
]


@pytest.mark.parametrize(("file", "refusal", "keys", "then", "shape"), FILES, ids=[case[0] for case in FILES])
def test_files_of_scikit_learn(file: str, refusal: str, keys: Keys, then: str, shape: tuple[int, int]) -> None:
    sklearn = pytest.importorskip("sklearn")
    path = Path(sklearn.__file__).parent / "datasets" / "data" / file
    if refusal:
        with pytest.raises(rf.InputError, match=refusal):
            rf.Dataset.read(path)
    if then:
        with pytest.raises(rf.InputError, match=then):
            rf.Dataset.read(path, **keys)
        return
    data = rf.Dataset.read(path, **keys)
    assert (data.n, data.d) == shape
    skip = 1 if keys.get("header") else 0
    separator = " " if file.startswith("diabetes") else ","
    expected = np.loadtxt(path, delimiter=separator, skiprows=skip)
    assert np.array_equal(np.column_stack([data.x, data.y]), expected)


# Folder and file, what is said without keys, the keys, names of inputs and label.
TABLES: list[tuple[str, str, Keys, list[str], str]] = [
    ("longley", "the last one, `YEAR`, which counts the rows", {"label": "TOTEMP", "drop": ["Obs", "YEAR"]}, ["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP"], "TOTEMP"),
    ("stackloss", "", {"label": "STACKLOSS"}, ["AIRFLOW", "WATERTEMP", "ACIDCONC"], "STACKLOSS"),
    ("spector", "column `OBS`, which counts the rows", {"drop": ["OBS"]}, ["GPA", "TUCE", "PSI"], "GRADE"),
    ("statecrime", "numbers in column `state`, found `Alabama` in line 2", {"drop": ["state"], "label": "murder"}, ["violent", "hs_grad", "poverty", "single", "white", "urban"], "murder"),
    ("grunfeld", "numbers in column `firm`, found `General Motors` in line 2", {"drop": ["firm", "year"], "label": "invest"}, ["value", "capital"], "invest"),
    ("copper", "the last one, `TIME`, which counts the rows", {"label": "WORLDCONSUMPTION", "drop": ["YEAR"]}, ["COPPERPRICE", "INCOMEINDEX", "ALUMPRICE", "INVENTORYINDEX", "TIME"], "WORLDCONSUMPTION"),
    ("modechoice", "", {"label": "choice", "drop": ["individual"]}, ["mode", "ttme", "invc", "invt", "gc", "hinc", "psize"], "choice"),
    ("anes96", "", {}, ["popul", "TVnews", "selfLR", "ClinLR", "DoleLR", "PID", "age", "educ", "income"], "vote"),
]


@pytest.mark.parametrize(("name", "refusal", "keys", "inputs", "label"), TABLES, ids=[case[0] for case in TABLES])
def test_tables_of_statsmodels(name: str, refusal: str, keys: Keys, inputs: list[str], label: str) -> None:
    statsmodels = pytest.importorskip("statsmodels")
    pandas = pytest.importorskip("pandas")
    path = Path(statsmodels.__file__).parent / "datasets" / name / f"{name}.csv"
    if refusal:
        with pytest.raises(rf.InputError) as error:
            rf.Dataset.read(path)
        assert refusal in str(error.value)
    raw = rf.Dataset.read(path, **keys)
    separators = {"spector": r"\s+", "anes96": "\t", "modechoice": ";"}
    frame = pandas.read_csv(path, sep=separators.get(name, ","), quotechar="'" if name in ("spector", "anes96") else '"')
    assert np.array_equal(raw.x, frame[inputs].to_numpy(dtype=float)) and np.array_equal(raw.y, frame[label].to_numpy(dtype=float))
    assert f"label {label}" in raw.account
    follow(rf.Dataset.read(path, **keys, standardize=True, bias=True), name)


def test_gaps_and_short_lines_of_statsmodels() -> None:
    statsmodels = pytest.importorskip("statsmodels")
    folder = Path(statsmodels.__file__).parent / "datasets"
    with pytest.raises(rf.InputError, match=r"a number in every row of column `co2`, found a gap in line 8"):
        rf.Dataset.read(folder / "co2" / "co2.csv")
    with pytest.raises(rf.InputError, match="column `Country Name`"):
        rf.Dataset.read(folder / "fertility" / "fertility.csv", header=True)
