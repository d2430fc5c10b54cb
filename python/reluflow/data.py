"""Draws datasets: one function a law.

Every function takes n, d, `seed` and `draw`. The random numbers depend on (seed, n, d, p, draw) alone: with `p`, the
width of the network that the data are for, they are those of that trial of an experiment file with the same seed.
`reluflow.trial` draws data and network of one trial together.

Every function takes four more keys than its law has:

target
    y_i = f(x_i) in place of the law's labels: "linear", {"linear": {"norm": 2.0}}, {"neurons": {"width": 3}},
    {"weights": {"hidden": v, "output": b}}, {"centre": {"angle": 0.5}}, and on the line "square-wave", "sine", {"knots": {"x": x, "y": y}}.
    The inputs stay what they are.
flip
    y_i becomes −y_i with this probability.
noise
    y_i becomes y_i + noise ξ_i with ξ_i ~ N(0, 1), after the flip.
bias
    x_i becomes (x_i, 1); d counts that coordinate, and the law draws in dimension d − 1.

Inputs and clean labels are the same bits whatever `flip` and `noise` are.

>>> clean, noisy = gaussian(n=4, d=3, target="linear"), gaussian(n=4, d=3, target="linear", noise=0.1, flip=0.5)
>>> bool((clean.x == noisy.x).all()), bool((clean.y == noisy.y).any())
(True, False)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from ._check import choice, keywords, keywords_and, listed, real, suggest, whole
from ._dataset import Dataset
from ._laws import DataKeys, Law, Magnitude, NoisyKeys, Signs, dataset, law, magnitude, plain
from ._laws import labels as _labels
from ._population import Population
from ._population import draw as draw_population

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "antipodal",
    "clusters",
    "cone",
    "gaussian",
    "groups",
    "isotropic",
    "line",
    "orthogonal",
    "orthogonally_separable",
    "population",
    "teacher",
]

if not TYPE_CHECKING:
    __getattr__ = suggest(__name__, __all__)
    __dir__ = listed(__all__)

_PAPER: tuple[float, float] = (1.0, 2.0)
"""Uniform on [1, 2], the law of the paper's experiments."""


@keywords_and(dataset)
def isotropic(
    n: int,
    d: int,
    *,
    norms: Magnitude = _PAPER,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
    **keys: Unpack[DataKeys],
) -> Dataset:
    """x_i = ‖x_i‖ u_i with u_i uniform on the unit sphere; the paper's experiment 1.

    >>> data = isotropic(n=5, d=3, seed=1)
    >>> bool(((data.input_norms >= 1) & (data.input_norms <= 2)).all())
    True
    """
    section: dict[str, Any] = {"law": "isotropic", "norms": magnitude("norms", norms), "labels": _labels(label_sizes, signs)}
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def gaussian(
    n: int,
    d: int,
    *,
    scale: float = 1.0,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
    **keys: Unpack[DataKeys],
) -> Dataset:
    """x_i ~ N(0, s² I/d) with s the `scale`: ‖x_i‖ concentrates at s.

    >>> gaussian(n=5, d=3, seed=1, scale=2.0).x.shape
    (5, 3)
    """
    section: dict[str, Any] = {"law": "gaussian", "scale": real("scale", scale), "labels": _labels(label_sizes, signs)}
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def orthogonal(
    n: int,
    d: int,
    *,
    norms: Magnitude = _PAPER,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
    rotated: bool = False,
    **keys: Unpack[DataKeys],
) -> Dataset:
    """x_i = ‖x_i‖ q_i with orthonormal q_i, n ≤ d: the axes, or a uniform frame if `rotated`; experiment 2.

    >>> orthogonal(n=3, d=5, rotated=True, seed=1).is_orthogonal()
    True
    """
    section: dict[str, Any] = {
        "law": "orthogonal",
        "norms": magnitude("norms", norms),
        "labels": _labels(label_sizes, signs),
        "rotated": bool(rotated),
    }
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def antipodal(
    n: int,
    d: int,
    *,
    base: Law = "isotropic",
    opposite_labels: Literal["opposite", "same"] | dict[str, object] = "opposite",
    **keys: Unpack[DataKeys],
) -> Dataset:
    """n/2 examples of the `base` law, then their opposites −x_i (appendix C.2).

    `opposite_labels`: the label of −x_i is −y_i ("opposite"), y_i ("same"), or drawn from the law of labels in
    {"independent": {"sizes": …, "signs": …}}.

    >>> data = antipodal(n=6, d=3, seed=1)
    >>> bool((data.x[3:] == -data.x[:3]).all()), bool((data.y[3:] == -data.y[:3]).all())
    (True, True)
    """
    section: dict[str, Any] = {"law": "antipodal", "base": law("base", base), "opposite_labels": opposite_labels}
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def groups(
    n: int,
    d: int,
    *,
    groups: int = 2,
    label_sizes: Magnitude = _PAPER,
    **keys: Unpack[DataKeys],
) -> Dataset:
    """n orthonormal inputs in groups of consecutive examples whose labels share a sign, n ≤ d (Proposition 2).

    >>> data = groups(n=6, d=8, groups=3, seed=1)
    >>> bool((data.y[:2] > 0).all() or (data.y[:2] < 0).all())
    True
    """
    section: dict[str, Any] = {"law": "groups", "groups": whole("groups", groups, 1), "label_sizes": magnitude("label_sizes", label_sizes)}
    return dataset(section, n, d, **keys)


@keywords_and(dataset, without=["target"])
def teacher(
    n: int,
    d: int,
    *,
    base: Law = "isotropic",
    width: int = 1,
    label_scale: float = 1.0,
    band: tuple[float, float] | None = None,
    shuffled: bool = False,
    **keys: Unpack[NoisyKeys],
) -> Dataset:
    """Inputs of the `base` law, labels by a random network of this width with root mean square `label_scale`.

    With a `band`, inputs are drawn until n of them have a label whose size lies in it. `shuffled` permutes the labels among
    the inputs, which is the control for what the teacher's labels change.

    >>> data = teacher(n=50, d=3, width=2, label_scale=1.5, seed=1)
    >>> data.n, data.d
    (50, 3)
    """
    section: dict[str, Any] = {"law": "teacher", "base": law("base", base), "width": whole("width", width, 1), "label_scale": real("label_scale", label_scale)}
    if band is not None:
        section["band"] = plain(band)
    if shuffled:
        section["shuffled"] = True
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def clusters(
    n: int,
    d: int,
    *,
    centres: str | dict[str, Any] = "opposite",
    radius: float = 1.0,
    spread: float = 0.5,
    perpendicular: bool = False,
    rotated: bool = False,
    even: bool = False,
    labels: str | npt.ArrayLike = "in-turn",
    **keys: Unpack[DataKeys],
) -> Dataset:
    """x_i = c_k + s ξ_i with ξ_i ~ N(0, I/d), s the `spread`, and y_i the label of c_k; k uniform among the centres.

    `centres`, with r the `radius`: "opposite" (±r e_1 with labels ±1), "xor" (±r e_1 with label 1, ±r e_2 with label −1),
    {"axes": k}, {"random": k} (on the sphere), {"grid": k} (k² points of a plane, between −r and r), or {"given": k lists of d numbers}.
    `labels`: "in-turn" (1, −1, …, as said above; on a grid as on a chessboard), "random" (±1, once a centre), or k numbers.
    `perpendicular`: the spread is orthogonal to all centres. `even`: example i has the centre i modulo k.

    >>> sorted(set(clusters(n=20, d=3, centres="xor", seed=1).y.tolist()))
    [-1.0, 1.0]
    """
    given = labels if isinstance(labels, str) else {"given": plain(labels)}
    section: dict[str, Any] = {
        "law": "clusters",
        "centres": centres if isinstance(centres, str) else plain(centres),
        "radius": real("radius", radius),
        "spread": real("spread", spread),
        "perpendicular": bool(perpendicular),
        "rotated": bool(rotated),
        "even": bool(even),
        "labels": choice("labels", given, ("in-turn", "random")) if isinstance(given, str) else given,
    }
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def cone(
    n: int,
    d: int,
    *,
    radius: float = 1.0,
    variance: float = 1.0,
    centre: Sequence[float] | npt.ArrayLike | None = None,
    rotated: bool = False,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
    **keys: Unpack[DataKeys],
) -> Dataset:
    """x_i ~ N(μ, ρ I/d) with ‖μ‖ = `radius` and ρ the `variance`; μ = r e_1, uniform on the sphere if `rotated`, or the `centre`.

    >>> cone(n=5, d=3, variance=0.0, radius=2.0).x[:, 0].tolist()
    [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    section: dict[str, Any] = {
        "law": "cone",
        "radius": real("radius", radius),
        "variance": real("variance", variance),
        "rotated": bool(rotated),
        "labels": _labels(label_sizes, signs),
    }
    if centre is not None:
        section["centre"] = plain(centre)
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def orthogonally_separable(
    n: int,
    d: int,
    *,
    norms: Magnitude = _PAPER,
    blocks: bool = False,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
    **keys: Unpack[DataKeys],
) -> Dataset:
    """⟨x_i, x_j⟩ > 0 within a class and < 0 across: x_i = sign(y_i) ‖x_i‖ |g_i|/‖g_i‖ with g_i ~ N(0, I).

    `blocks`: each class has coordinates of its own, and the product is 0 across.

    >>> data = orthogonally_separable(n=6, d=3, seed=1)
    >>> bool(((data.x @ data.x.T) * data.y[:, None] * data.y > 0).all())
    True
    """
    section: dict[str, Any] = {
        "law": "orthogonally-separable",
        "norms": magnitude("norms", norms),
        "blocks": bool(blocks),
        "labels": _labels(label_sizes, signs),
    }
    return dataset(section, n, d, **keys)


@keywords_and(dataset)
def line(
    n: int,
    d: int | None = None,
    *,
    points: Literal["grid", "random"] = "grid",
    start: float = -1.0,
    end: float = 1.0,
    label_sizes: Magnitude = _PAPER,
    signs: Signs = "random",
    **keys: Unpack[DataKeys],
) -> Dataset:
    """n points of the line, a grid of [start, end] or uniform on it: x_i, d = 1, or (x_i, 1), d = 2, with `bias`.

    In a file `start` and `end` are `from` and `to`.

    >>> line(n=5, target={"knots": {"x": [-1, 0, 1], "y": [1, 0, 1]}}).y.tolist()
    [1.0, 0.5, 0.0, 0.5, 1.0]
    """
    section: dict[str, Any] = {
        "law": "line",
        "points": choice("points", points, ("grid", "random")),
        "from": real("start", start),
        "to": real("end", end),
        "labels": _labels(label_sizes, signs),
    }
    dimension = (2 if keys.get("bias") else 1) if d is None else d
    return dataset(section, n, dimension, **keys)


@keywords
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
