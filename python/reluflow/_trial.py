"""Draws data and network of one trial together."""

from __future__ import annotations

from . import _laws
from ._check import keywords
from ._dataset import Dataset
from ._laws import Law
from ._network import Network


@keywords
def trial(
    n: int,
    d: int,
    p: int,
    *,
    data: Law = "isotropic",
    init: Law = "asymmetric",
    seed: int = 0,
    draw: int = 0,
) -> tuple[Dataset, Network]:
    """The data and the network of one trial: bit for bit those of an experiment file with this seed.

    `data` and `init` are the sections of such a file: the name of a law, or a mapping with its parameters.

    >>> data, net = trial(n=5, d=3, p=4, data={"law": "gaussian", "scale": 2.0}, seed=1, draw=3)
    >>> data.n, net.p
    (5, 4)
    """
    dataset = _laws.dataset(_laws.law("data", data), n, d, seed=seed, draw=draw, p=p)
    return dataset, _laws.network(_laws.law("init", init), p, data=dataset, seed=seed, draw=draw)
