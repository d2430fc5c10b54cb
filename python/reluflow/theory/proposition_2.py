"""Proposition 2 and Theorem 2: the closed form of one neuron a group, and its transition."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from .. import _native
from .._check import Floats, real
from .._dataset import Dataset
from .._network import Network
from ._hypothesis import Hypothesis, read
from ._problem import as_times, natives

__all__ = ["Group", "groups"]


class Group:
    """One group: orthonormal inputs whose labels share a sign, and the one neuron that is active on them.

    Parameters: n and p of the whole problem (up to 10^18 and beyond), `target` ‖D‖, the norm of the group's labels,
    `alignment` c_0 in (0, 1] and `squared_norm` q_0 = ‖w‖² at time 0. Methods of time take numbers or arrays.

    >>> group = Group(n=100, p=4, target=5, alignment=1, squared_norm=2)
    >>> float(group.squared_norm(0.0)), float(group.squared_norm(1e9))
    (2.0, 20.0)
    """

    __slots__ = ("_native",)

    def __init__(self, n: float, p: float, target: float, alignment: float = 1.0, squared_norm: float = 1.0) -> None:
        self._native = _native.theory.Group(
            real("n", n),
            real("p", p),
            real("target", target),
            real("alignment", alignment),
            real("squared_norm", squared_norm),
        )

    def alignment(self, time: npt.ArrayLike) -> Floats:
        """c(t), the cosine between s_j w_j and D_j."""
        times, shape = as_times(time)
        return self._native.alignment(times).reshape(shape)

    def squared_norm(self, time: npt.ArrayLike) -> Floats:
        """q(t) = ‖w_j‖² = a_j²."""
        times, shape = as_times(time)
        return self._native.squared_norm(times).reshape(shape)

    def loss(self, time: npt.ArrayLike) -> Floats:
        """The group's share of the loss, L_j(t)."""
        times, shape = as_times(time)
        return self._native.loss(times).reshape(shape)

    def log_loss(self, time: npt.ArrayLike) -> Floats:
        """log L_j(t), also where L_j would underflow."""
        times, shape = as_times(time)
        return self._native.log_loss(times).reshape(shape)

    @property
    def transition_time(self) -> float:
        """Theorem 2's t_j; (n/(2‖D_j‖)) log(p‖D_j‖/q_0) when c_0 = 1."""
        return self._native.transition_time()

    def window(self, epsilon: float = 0.1) -> tuple[float, float]:
        """When L_j leaves (1 − ε) L_j(0), and when it reaches ε L_j(0)."""
        return self._native.window(real("epsilon", epsilon))

    def crossing_time(self, level: float) -> float:
        """When L_j reaches `level` L_j(0), 0 < level < 1."""
        return self._native.crossing_time(real("level", level))

    def width_bound(self, epsilon: float = 0.1) -> float:
        """Theorem 2's bound on the window's width over the transition time, for c_0 = 1."""
        return self._native.width_bound(real("epsilon", epsilon))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Group):
            return NotImplemented
        return self._native.parameters() == other._native.parameters()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (Group, tuple(self._native.parameters()))

    def __repr__(self) -> str:
        n, p, target, alignment, squared_norm = self._native.parameters()
        return f"Group(n={n:g}, p={p:g}, target={target:g}, alignment={alignment:g}, squared_norm={squared_norm:g})"


def groups(data: Dataset, network: Network) -> tuple[list[Group], tuple[Hypothesis, ...]]:
    """The groups of a problem and the proposition's hypotheses; no group when one of them fails.

    >>> from reluflow import trial
    >>> found, hypotheses = groups(*trial(n=6, d=6, p=2, data={"law": "groups", "groups": 2}, init="group"))
    >>> len(found), all(hypothesis.holds for hypothesis in hypotheses)
    (2, True)
    """
    hypotheses, found = _native.theory.group_problem(*natives(data, network))
    wrapped = []
    for native in found:
        group = Group.__new__(Group)
        group._native = native
        wrapped.append(group)
    return wrapped, read(hypotheses)
