"""Theorem 2: under the group initialisation the loss falls in steps, one for each group.

A group is `proposition_2.Group`, which has its transition time t_j and its window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import _native
from .._check import real, shorten, whole
from .._table import Table
from ..errors import InputError, InputTypeError
from .proposition_2 import Group

__all__ = ["Plateau", "figure_1", "limiting_width", "plateaus", "trajectory"]


class Plateau(NamedTuple):
    """A stretch of time on which the loss hardly moves."""

    start: float
    """The transition before it; 0 for the first."""
    end: float
    """The transition after it; infinite for the last."""
    level: float
    """L/L(0) in the limit of large n."""


def figure_1(n: float) -> list[Group]:
    """The two groups of Figure 1: ‖D_1‖ = √n, ‖D_2‖ = 2√n, p = 2, c_0 = q_0 = 1; n as large as you like.

    >>> slow, fast = figure_1(1e18)
    >>> fast.transition_time < slow.transition_time
    True
    """
    root = float(np.sqrt(real("n", n)))
    return [Group(n=n, p=2, target=factor * root) for factor in (1.0, 2.0)]


def plateaus(groups: Sequence[Group]) -> list[Plateau]:
    """The plateaus of the limit, in order: one before each transition, and the last at 0.

    >>> [plateau.level for plateau in plateaus(figure_1(1e18))]
    [1.0, 0.2, 0.0]
    """
    return [Plateau(*parts) for parts in _native.theory.plateaus(_natives(groups))]


def trajectory(groups: Sequence[Group], rows: int = 200, reach: float = 1.5) -> Table:
    """The closed-form loss at `rows` + 1 even times from 0 to `reach` times the last transition.

    Columns: time, rescaled_time = t/(√n log n), loss, relative_loss = L/L(0), log10_relative_loss, and L_j/L_j(0) of every
    group: group_1, group_2, ….

    >>> table = trajectory(figure_1(1e6), rows=4)
    >>> table.rows, float(table["relative_loss"][0])
    (5, 1.0)
    """
    return Table(_native.theory.transition(_natives(groups), whole("rows", rows, 1), real("reach", reach)))


def limiting_width(epsilon: float) -> float:
    """C_ε = 2 log[(ε^{−1/2} − 1)/((1 − ε)^{−1/2} − 1)], the limit of log n times a window's width over its transition time.

    >>> round(limiting_width(0.1), 3)
    7.376
    """
    share = real("epsilon", epsilon)
    if not 0 < share < 0.5:
        raise InputError("epsilon", "a number between 0 and 1/2", repr(epsilon))
    return _native.theory.limiting_width(share)


def _natives(groups: Sequence[Group]) -> list[_native.theory.Group]:
    if not isinstance(groups, Sequence) or not all(isinstance(group, Group) for group in groups):
        raise InputTypeError("groups", "a list of proposition_2.Group", shorten(repr(groups)))
    if not groups:
        raise InputError("groups", "at least 1", "none")
    return [group._native for group in groups]
