"""The experiments of the field in miniature: what the papers state in numbers, orders and signs, with the draws and sizes that seconds allow.

What a paper shows only as a picture is compared by eye, in docs/field.md.
"""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import reluflow as rf

FILES = pathlib.Path(__file__).parents[2] / "experiments" / "field"

pytestmark = pytest.mark.filterwarnings("ignore::reluflow.RunWarning")


def summary(name: str, tmp_path: pathlib.Path, **sweep: Any) -> rf.Table:
    """A file's summary, with other axes of its sweep."""
    experiment = rf.Experiment(FILES / f"{name}.toml")
    if sweep:
        axes = {f'sweep."{key.replace("__", ".")}"': value for key, value in sweep.items()}
        experiment = experiment.with_(axes)
    return experiment.run(tmp_path / name).summary()


def column(table: rf.Table, name: str) -> npt.NDArray[np.float64]:
    """A column as numbers."""
    return np.asarray(table[name], dtype=float)


def test_symmetric_data_end_at_a_quarter_for_every_slope(tmp_path: pathlib.Path) -> None:
    """Zhang, Saxe, Latham 2025: L -> 1/4, where L(0) = 29/12."""
    found = column(summary("symmetric-data", tmp_path), "remaining_loss")
    assert found == pytest.approx(np.full(9, 0.25 / (29 / 12)), rel=1e-4)


def test_five_points_rest_at_their_spurious_minimum() -> None:
    """Boursier, Flammarion 2025: a spurious minimum at 0.0278859611."""
    solution = rf.Experiment(FILES / "five-points.toml").trajectory()
    assert solution.end.loss == pytest.approx(0.0278859611, abs=1e-9)


def test_the_stable_rank_falls_to_one_from_small_starts(tmp_path: pathlib.Path) -> None:
    """Frei, Vardi, Bartlett, Srebro, Hu 2023: sooner from smaller starts."""
    table = summary("stable-rank", tmp_path, init__scale=[3, 1, 0.3, 0.01], draws=2)
    rank = column(table, "mean_stable_rank")
    assert (np.diff(rank) < 0).all()
    assert rank[0] > 1.1 and rank[-1] == pytest.approx(1.0, abs=0.005)


def test_the_largest_angle_falls_with_the_start(tmp_path: pathlib.Path) -> None:
    """Chistikov, Englert, Lazić 2023: neurons of a sign end in one direction, from ever smaller starts."""
    table = summary("cone", tmp_path, init__scale=[16, 0.25, 0.00390625], draws=4)
    angle = column(table, "mean_max_angle_positive")
    assert (np.diff(angle) < -0.2).all()


def test_a_larger_start_moves_less(tmp_path: pathlib.Path) -> None:
    """Chizat, Oyallon, Bach 2019: lazy training; the movement falls with the scale, and so do the flips."""
    table = summary("lazy", tmp_path, init__scale=[0.1, 1, 10], draws=3)
    assert (np.diff(column(table, "mean_hidden_movement")) < 0).all()
    flipped = column(table, "mean_flipped")
    assert flipped[2] < flipped[0]


def test_the_movement_has_a_limit_in_the_width(tmp_path: pathlib.Path) -> None:
    """Luo, Xu, Ma, Zhang 2021: in the condensed and the critical regime it tends to a constant."""
    table = summary("condensation", tmp_path, p=[100, 300], init__scale=[0.1, 1], draws=3)
    table = {(p, scale): value for p, scale, value in zip(table["p"], table["init.scale"], column(table, "mean_hidden_movement"))}
    for scale in (0.1, 1):
        assert table[300, scale] == pytest.approx(table[100, scale], rel=0.15)
    assert table[300, 0.1] > 5 * table[300, 1]


def test_a_faster_output_layer_fits_better(tmp_path: pathlib.Path) -> None:
    """Marion, Berthier 2023: in the same time."""
    table = summary("two-speeds", tmp_path, model__rates__output=[1, 10], draws=2)
    remaining = column(table, "remaining_loss")
    assert remaining[1] < 1e-3 * remaining[0]


def test_margins_become_equal_as_inputs_become_orthogonal(tmp_path: pathlib.Path) -> None:
    """Kou, Chen, Gu 2023: the smallest over the largest margin rises with d."""
    table = summary("equal-margins", tmp_path, d=[20, 60, 200], draws=2)
    assert (np.diff(column(table, "mean_margin_ratio")) > 0).all()


def test_beyond_a_threshold_training_stops_and_the_test_loss_falls(tmp_path: pathlib.Path) -> None:
    """Boursier, Flammarion 2025: a linear teacher with noise. At n = 20 one of these draws stops at L = 0.0044, by the exact flow, too."""
    table = summary("optimization-threshold", tmp_path, n=[20, 160, 640], draws=3)
    assert column(table, "remaining_loss")[2] > 0.05
    assert column(table, "remaining_loss")[0] < 0.01
    assert (np.diff(column(table, "mean_test_loss")) < 0).all()


def test_xor_takes_four_directions(tmp_path: pathlib.Path) -> None:
    """Tsoy, Konstantinov 2024; Xu et al. 2024: every mean has its neurons, a quarter of the squared norm each."""
    table = summary("xor", tmp_path, draws=2)
    for k in range(1, 5):
        assert column(table, f"mean_nearest_{k}")[0] > 0.9
        assert 0.15 < column(table, f"mean_share_{k}")[0] < 0.35


def test_jumps_rise_towards_their_limit(tmp_path: pathlib.Path) -> None:
    """The norm over the root of n rises towards 4 + 2 sqrt 2 from below."""
    table = summary("jumps", tmp_path, draws=8)
    size = column(table, "mean_squared_norm") / np.sqrt(column(table, "n"))
    assert (np.diff(size) > 0).all() and size[-1] < 4 + 2 * 2**0.5


def test_a_teacher_is_learnt_from_nothing(tmp_path: pathlib.Path) -> None:
    """Boursier, Pillaud-Vivien, Flammarion 2022: the loss goes to 0 from a vanishing start, after plateaus."""
    assert column(summary("teacher-from-nothing", tmp_path, draws=1), "remaining_loss")[0] < 1e-20


def test_two_points_are_fitted(tmp_path: pathlib.Path) -> None:
    """The exact flow fits one after the other, at every start of the file, and keeps the balance."""
    table = summary("two-points", tmp_path, draws=2)
    assert (column(table, "remaining_loss") < 1e-20).all()
    assert (column(table, "mean_balance_drift") < 1e-12).all()


def test_symmetric_data_give_two_opposite_directions(tmp_path: pathlib.Path) -> None:
    """Lyu, Li, Wang, Arora 2021: two neurons' directions, half of the squared norm each, rank one."""
    table = summary("symmetric-margin", tmp_path, draws=1)
    assert column(table, "mean_directions").tolist() == [2, 2]
    assert column(table, "mean_stable_rank") == pytest.approx(np.ones(2), abs=1e-6)
    assert column(table, "mean_top_share") == pytest.approx(np.full(2, 0.5), abs=0.01)


def test_separated_data_give_neurons_along_the_means_of_their_class(tmp_path: pathlib.Path) -> None:
    """Min, Mallada, Vidal 2024: low rank, and all neurons along the means, from every start."""
    table = summary("separated", tmp_path, draws=1)
    assert (column(table, "mean_stable_rank") < 1.3).all()
    assert (column(table, "mean_min_label_alignment") > 0.9).all()


def test_kinks_stay_where_hidden_weights_are_large(tmp_path: pathlib.Path) -> None:
    """Williams et al. 2019: kinks hardly move for delta far below 0 (the kernel regime), and move for delta far above."""
    table = summary("spline", tmp_path, init__delta=[-30, 30], draws=2)
    moved, flipped = column(table, "mean_hidden_movement"), column(table, "mean_flipped")
    assert moved[0] < 1.5 and moved[1] > 8
    assert flipped[0] < 0.08 < flipped[1]


def test_the_kernel_turns_more_from_small_starts(tmp_path: pathlib.Path) -> None:
    """Kunin et al. 2024: rich at small tau, lazy at large; the balance matters only where tau is small."""
    table = summary("rich", tmp_path, init__tau=[0.03, 3], init__delta=[-1, 1], draws=1)
    found = dict(zip(zip(column(table, "init.delta"), column(table, "init.tau")), column(table, "mean_kernel_distance")))
    assert found[-1, 3] == pytest.approx(found[1, 3], rel=0.2) and found[1, 3] < 0.05
    assert found[1, 0.03] > 0.1 and found[-1, 0.03] > 2 * found[1, 0.03]
