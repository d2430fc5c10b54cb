"""Draws datasets: one function a law.

Every function takes n, d, `seed` and `draw`. The random numbers depend on (seed, n, d, p, draw) alone: with `p`, the
width of the network that the data are for, they are those of that trial of an experiment file with the same seed.
`reluflow.trial` draws data and network of one trial together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy.typing as npt

from ._dataset import Dataset
from ._population import Population
from ._population import draw as draw_population
from ._laws import Law, Magnitude, Signs, dataset, labels, law, magnitude

__all__ = ["antipodal", "gaussian", "groups", "isotropic", "orthogonal", "population", "teacher"]

_PAPER: tuple[float, float] = (1.0, 2.0)
"""Uniform on [1, 2], the law of the paper's experiments."""


def isotropic(
    n: int,
    d: int,
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
    norms: Magnitude = _PAPER,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
) -> Dataset:
    """x_i = ‖x_i‖ u_i with u_i uniform on the unit sphere; the paper's experiment 1.

    >>> data = isotropic(n=5, d=3, seed=1)
    >>> bool(((data.input_norms >= 1) & (data.input_norms <= 2)).all())
    True
    """
    section = {"law": "isotropic", "norms": magnitude("norms", norms), "labels": labels(label_sizes, signs)}
    return dataset(section, n, d, seed, draw, p)


def gaussian(
    n: int,
    d: int,
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
    scale: float = 1.0,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
) -> Dataset:
    """x_i ~ N(0, s² I/d) with s the `scale`: ‖x_i‖ concentrates at s.

    >>> gaussian(n=5, d=3, seed=1, scale=2.0).x.shape
    (5, 3)
    """
    section = {"law": "gaussian", "scale": scale, "labels": labels(label_sizes, signs)}
    return dataset(section, n, d, seed, draw, p)


def orthogonal(
    n: int,
    d: int,
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
    norms: Magnitude = _PAPER,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
    rotated: bool = False,
) -> Dataset:
    """x_i = ‖x_i‖ q_i with orthonormal q_i, n ≤ d: the axes, or a uniform frame if `rotated`; experiment 2.

    >>> orthogonal(n=3, d=5, rotated=True, seed=1).is_orthogonal()
    True
    """
    section = {
        "law": "orthogonal",
        "norms": magnitude("norms", norms),
        "labels": labels(label_sizes, signs),
        "rotated": bool(rotated),
    }
    return dataset(section, n, d, seed, draw, p)


def antipodal(
    n: int,
    d: int,
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
    base: Law = "isotropic",
    opposite_labels: Literal["opposite", "same"] | dict[str, object] = "opposite",
) -> Dataset:
    """n/2 examples of the `base` law, then their opposites −x_i (appendix C.2).

    `opposite_labels`: the label of −x_i is −y_i ("opposite"), y_i ("same"), or drawn from the law of labels in
    {"independent": {"sizes": …, "signs": …}}.

    >>> data = antipodal(n=6, d=3, seed=1)
    >>> bool((data.x[3:] == -data.x[:3]).all()), bool((data.y[3:] == -data.y[:3]).all())
    (True, True)
    """
    section = {"law": "antipodal", "base": law("base", base), "opposite_labels": opposite_labels}
    return dataset(section, n, d, seed, draw, p)


def groups(
    n: int,
    d: int,
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
    groups: int = 2,
    label_sizes: Magnitude = _PAPER,
) -> Dataset:
    """n orthonormal inputs in groups of consecutive examples whose labels share a sign, n ≤ d (Proposition 2).

    >>> data = groups(n=6, d=8, groups=3, seed=1)
    >>> bool((data.y[:2] > 0).all() or (data.y[:2] < 0).all())
    True
    """
    section = {"law": "groups", "groups": groups, "label_sizes": magnitude("label_sizes", label_sizes)}
    return dataset(section, n, d, seed, draw, p)


def teacher(
    n: int,
    d: int,
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
    base: Law = "isotropic",
    width: int = 1,
    label_scale: float = 1.0,
    band: tuple[float, float] | None = None,
    shuffled: bool = False,
) -> Dataset:
    """Inputs of the `base` law, labels by a random network of this width with root mean square `label_scale`.

    With a `band`, inputs are drawn until n of them have a label whose size lies in it. `shuffled` permutes the labels among
    the inputs, which is the control for what the teacher's labels change.

    >>> data = teacher(n=50, d=3, width=2, label_scale=1.5, seed=1)
    >>> data.n, data.d
    (50, 3)
    """
    section = {"law": "teacher", "base": law("base", base), "width": width, "label_scale": label_scale}
    if band is not None:
        section["band"] = list(band)
    if shuffled:
        section["shuffled"] = True
    return dataset(section, n, d, seed, draw, p)


def population(
    d: int,
    teacher: str | Mapping[str, Any] | tuple[npt.ArrayLike, npt.ArrayLike] = "orthonormal",
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
) -> Population:
    """All inputs x ~ N(0, I_d) at once, and a teacher h*(x) = Σ_k b_k σ(⟨v_k, x⟩): the loss L = ½ E (h − h*)² in closed form.

    `teacher`: {"law": "orthonormal", "width": k, "output": b} (v_k = e_k; a width of d where only the name is given),
    {"law": "random", "width": k, "output": b} (v_k uniform on the unit sphere; the only one that draws), or weights (v, b). `output` is one number
    or one for each neuron; 1.

    >>> population(d=4, teacher={"law": "orthonormal", "width": 2}).v.tolist()
    [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    >>> population(d=2, teacher=([[3.0, 4.0]], [1.0])).k
    1
    """
    return draw_population(d, teacher, seed, draw, p)
