"""Draws networks at time 0: one function a law.

Every function takes p, `seed` and `draw`, and either `data` or the dimension d. The random numbers depend on
(seed, n, d, p, draw) alone: with `data` (or n and d) they are those of that trial of an experiment file with the same seed.

Two keys alter laws: `output` (a_j = ±size: a number, or {"fixed": size, "signs": "alternating"}) puts output weights of one size in place
of those that are drawn, and `mirrored` keeps the first half of the neurons, each followed by (w_j, −a_j), so that h = 0.

>>> balanced(p=4, d=2, output={"fixed": 1.0, "signs": "alternating"}).a.tolist()
[1.0, -1.0, 1.0, -1.0]
>>> asymmetric(p=4, d=2, mirrored=True).a.reshape(2, 2).sum(axis=1).tolist()
[0.0, 0.0]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._check import choice, keywords, keywords_and, listed, real, suggest
from ._dataset import Dataset
from ._laws import FixedOutput, Hidden, NetworkKeys, Signs, fixed, network, plain
from ._network import Network
from .errors import InputError

__all__ = ["asymmetric", "balanced", "group", "normal", "pytorch", "tau_delta", "xavier"]

if TYPE_CHECKING:
    from typing_extensions import Unpack
else:
    __getattr__ = suggest(__name__, __all__)
    __dir__ = listed(__all__)

_HIDDEN = ("uniform", "gaussian", "sphere")


@keywords_and(network)
def asymmetric(
    p: int,
    d: int | None = None,
    *,
    hidden: Hidden = "uniform",
    hidden_scale: float = 1.0,
    margin: float | dict[str, float] = {"exponential": 1.0},  # noqa: B006 (never changed)
    covered: bool = False,
    output: FixedOutput | None = None,
    **keys: Unpack[NetworkKeys],
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
        "hidden_scale": real("hidden_scale", hidden_scale),
        "margin": margin if isinstance(margin, dict) else {"constant": real("margin", margin)},
        "covered": bool(covered),
    }
    return network({**law, **fixed(output)}, p, d, **keys)


@keywords_and(network)
def balanced(
    p: int,
    d: int | None = None,
    *,
    hidden: Hidden = "uniform",
    scale: float = 1.0,
    output: FixedOutput | None = None,
    **keys: Unpack[NetworkKeys],
) -> Network:
    """a_j = ±‖w_j‖ with fair signs: a_j² − ‖w_j‖² = 0 for ever (Lemma 1).

    >>> bool((abs(balanced(p=3, d=2, seed=1).balances) < 1e-15).all())
    True
    """
    law: dict[str, Any] = {"law": "balanced", "hidden": choice("hidden", hidden, _HIDDEN), "scale": real("scale", scale)}
    return network({**law, **fixed(output)}, p, d, **keys)


@keywords
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
    law = {"law": "group", "squared_norm": real("squared_norm", squared_norm), "aligned": bool(aligned)}
    if data is None:
        raise InputError("data", "the dataset, which this law looks at", "None")
    return network(law, p, data=data, seed=seed, draw=draw)


@keywords_and(network)
def normal(
    p: int,
    d: int | None = None,
    *,
    hidden: float = 1.0,
    output: float | dict[str, Any] | None = None,
    **keys: Unpack[NetworkKeys],
) -> Network:
    """Entries of w_j from N(0, hidden²), a_j from N(0, output²) or, without `output`, a_j = ±‖w_j‖ with fair signs.

    A number `output` is a standard deviation here; {"fixed": size} fixes the size.

    >>> bool((abs(normal(p=3, d=2, seed=1, hidden=1e-3).w) < 1e-2).all())
    True
    """
    law: dict[str, Any] = {"law": "normal", "hidden": real("hidden", hidden)}
    if output is not None:
        law["output"] = plain(output) if isinstance(output, dict) else real("output", output)
    return network(law, p, d, **keys)


@keywords_and(network)
def pytorch(
    p: int,
    d: int | None = None,
    **keys: Unpack[NetworkKeys],
) -> Network:
    """The default of `torch.nn.Linear` without biases, in our scaling: w_j = √p ω_j, a_j = √p α_j.

    >>> pytorch(p=3, d=2, seed=1).asymmetry_margin < 0          # Assumption 1 fails
    True
    """
    return network({"law": "pytorch"}, p, d, **keys)


@keywords_and(network)
def tau_delta(
    p: int,
    d: int | None = None,
    *,
    tau: float = 1.0,
    delta: float = 0.0,
    signs: Signs = "random",
    **keys: Unpack[NetworkKeys],
) -> Network:
    """‖w_j‖ = τα and |a_j| = τ/α with α² = (√(4 + (δ/τ²)²) − δ/τ²)/2, so that a_j² − ‖w_j‖² = δ and |a_j|‖w_j‖ = τ².

    Directions of w_j are uniform on the sphere.

    >>> bool((abs(tau_delta(p=3, d=2, tau=0.1, delta=0.5).balances - 0.5) < 1e-15).all())
    True
    """
    words = ("random", "positive", "negative", "alternating")
    law: dict[str, Any] = {
        "law": "tau-delta",
        "tau": real("tau", tau),
        "delta": real("delta", delta),
        "signs": choice("signs", signs, words),
    }
    return network(law, p, d, **keys)


@keywords_and(network)
def xavier(
    p: int,
    d: int | None = None,
    *,
    scale: float = 1.0,
    output: float = 1.0,
    **keys: Unpack[NetworkKeys],
) -> Network:
    """Entries of w_j from N(0, scale²/d), a_j = output.

    >>> xavier(p=3, d=2, seed=1, output=0.5).a.tolist()
    [0.5, 0.5, 0.5]
    """
    law: dict[str, Any] = {"law": "xavier", "scale": real("scale", scale), "output": real("output", output)}
    return network(law, p, d, **keys)
