"""Draws networks at time 0: one function a law.

Every function takes p, `seed` and `draw`, and either `data` or the dimension d. The random numbers depend on
(seed, n, d, p, draw) alone: with `data` (or n and d) they are those of that trial of an experiment file with the same seed.
"""

from __future__ import annotations

from typing import Any

from ._dataset import Dataset
from ._laws import Hidden, network
from ._check import choice, real
from ._network import Network
from .errors import InputError

__all__ = ["asymmetric", "balanced", "group", "normal", "pytorch", "xavier"]

_HIDDEN = ("uniform", "gaussian", "sphere")


def asymmetric(
    p: int,
    d: int | None = None,
    *,
    data: Dataset | None = None,
    n: int | None = None,
    seed: int = 0,
    draw: int = 0,
    hidden: Hidden = "uniform",
    hidden_scale: float = 1.0,
    margin: float | dict[str, float] = {"exponential": 1.0},  # noqa: B006 (never changed)
    covered: bool = False,
) -> Network:
    """a_j = ±(‖w_j‖ + margin), then w_j is multiplied by `hidden_scale`: the paper's.

    `margin`: a constant, or {"exponential": mean}. `covered`: draw again until every example of `data` has a correctly
    active neuron (event E of Lemma 5).

    >>> asymmetric(p=3, d=2, seed=1).asymmetry_margin >= 0
    True
    """
    law: dict[str, Any] = {
        "law": "asymmetric",
        "hidden": choice("hidden", hidden, _HIDDEN),
        "hidden_scale": hidden_scale,
        "margin": margin if isinstance(margin, dict) else {"constant": real("margin", margin)},
        "covered": bool(covered),
    }
    return network(law, p, data, n, d, seed, draw)


def balanced(
    p: int,
    d: int | None = None,
    *,
    data: Dataset | None = None,
    n: int | None = None,
    seed: int = 0,
    draw: int = 0,
    hidden: Hidden = "uniform",
    scale: float = 1.0,
) -> Network:
    """a_j = ±‖w_j‖ with fair signs: a_j² − ‖w_j‖² = 0 for ever (Lemma 1).

    >>> bool((abs(balanced(p=3, d=2, seed=1).balances) < 1e-15).all())
    True
    """
    law = {"law": "balanced", "hidden": choice("hidden", hidden, _HIDDEN), "scale": scale}
    return network(law, p, data, n, d, seed, draw)


def group(
    p: int,
    data: Dataset,
    *,
    seed: int = 0,
    draw: int = 0,
    squared_norm: float = 1.0,
    aligned: bool = True,
) -> Network:
    """One neuron a group of n/p consecutive examples whose labels share a sign (Proposition 2, Theorem 2).

    `data` must be orthogonal, such as `reluflow.data.groups` draws. ‖w_j‖² = `squared_norm`.

    >>> from reluflow import data
    >>> group(p=2, data=data.groups(n=6, d=6, groups=2, seed=1), seed=1).p
    2
    """
    law = {"law": "group", "squared_norm": squared_norm, "aligned": bool(aligned)}
    if data is None:
        raise InputError("data", "the dataset, which this law looks at", "None")
    return network(law, p, data, None, None, seed, draw)


def normal(
    p: int,
    d: int | None = None,
    *,
    data: Dataset | None = None,
    n: int | None = None,
    seed: int = 0,
    draw: int = 0,
    hidden: float = 1.0,
    output: float | None = None,
) -> Network:
    """Entries of w_j from N(0, hidden²), a_j from N(0, output²) or, without `output`, a_j = ±‖w_j‖ with fair signs.

    >>> bool((abs(normal(p=3, d=2, seed=1, hidden=1e-3).w) < 1e-2).all())
    True
    """
    law: dict[str, Any] = {"law": "normal", "hidden": real("hidden", hidden)}
    if output is not None:
        law["output"] = real("output", output)
    return network(law, p, data, n, d, seed, draw)


def pytorch(
    p: int,
    d: int | None = None,
    *,
    data: Dataset | None = None,
    n: int | None = None,
    seed: int = 0,
    draw: int = 0,
) -> Network:
    """The default of `torch.nn.Linear` without biases, in our scaling: w_j = √p ω_j, a_j = √p α_j.

    >>> pytorch(p=3, d=2, seed=1).asymmetry_margin < 0          # Assumption 1 fails
    True
    """
    return network({"law": "pytorch"}, p, data, n, d, seed, draw)


def xavier(
    p: int,
    d: int | None = None,
    *,
    data: Dataset | None = None,
    n: int | None = None,
    seed: int = 0,
    draw: int = 0,
    scale: float = 1.0,
    output: float = 1.0,
) -> Network:
    """Entries of w_j from N(0, scale²/d), a_j = output.

    >>> xavier(p=3, d=2, seed=1, output=0.5).a.tolist()
    [0.5, 0.5, 0.5]
    """
    law: dict[str, Any] = {"law": "xavier", "scale": real("scale", scale), "output": real("output", output)}
    return network(law, p, data, n, d, seed, draw)
