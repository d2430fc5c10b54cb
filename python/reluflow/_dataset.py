"""Holds n labelled examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from . import _native
from ._check import Floats, array
from ._html import table as html_table
from .errors import InputError

__all__ = ["Conflicts", "Dataset"]


@dataclass(frozen=True)
class Conflicts:
    """Labels that no network without biases fits, whatever its width; false where there are none."""

    zero_inputs: tuple[int, ...]
    """Examples with x = 0 and y ≠ 0."""
    rays: tuple[tuple[int, int], ...]
    """Two examples of each ray from 0 on which y/‖x‖ is not the same."""
    opposite: tuple[tuple[int, int], ...]
    """Two examples, x and −c x, of each line on which h(x) − h(−x), linear in x, cannot take the values asked for."""
    least_loss: float
    """The infimum of L = (1/2n) Σ (h(x_i) − y_i)² over all networks."""
    text: str
    """All of it in a sentence."""

    def __bool__(self) -> bool:
        return bool(self.zero_inputs or self.rays or self.opposite)

    def __str__(self) -> str:
        return self.text


class Dataset:
    """Inputs x_i ∈ R^d and labels y_i ∈ R, i = 1..n; never changes.

    Parameters
    ----------
    x
        inputs, n × d, row i is x_i. float64, float32 or integers, any strides. Copied once.
    y
        labels, n.

    Raises
    ------
    InputError
        when it is empty, the shapes disagree, or an entry is not finite.
    InputTypeError
        when an entry is no number.

    Examples
    --------
    >>> data = Dataset([[3.0, 4.0], [0.0, 1.0]], [-2.0, 0.5])
    >>> data.n, data.d, data.input_norm_bounds
    (2, 2, (1.0, 5.0))
    """

    __slots__ = ("_native",)

    def __init__(self, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        inputs, labels = array("x", x, "(n, d)"), array("y", y, "(n,)")
        if inputs.shape[0] == labels.shape[0]:
            self._native = _native.Dataset(inputs, labels)
        else:
            raise InputError("y", f"shape ({inputs.shape[0]},), one label a row of x", f"shape {labels.shape}")

    @classmethod
    def _wrap(cls, native: _native.Dataset) -> Dataset:
        dataset = cls.__new__(cls)
        dataset._native = native
        return dataset

    def conflicts(self) -> Conflicts:
        """Which labels no network without biases fits at once, and the least loss that follows.

        h(c x) = c h(x) for c ≥ 0, so that examples on one ray need labels in proportion to their norms, and x = 0 the label 0;
        h(x) − h(−x) is linear in x, so that opposite examples on more lines than dimensions may conflict. Nothing else does.

        >>> found = Dataset([[1.0], [2.0]], [1.0, 3.0]).conflicts()
        >>> found.rays, round(found.least_loss, 12)
        (((0, 1),), 0.05)
        """
        zero, rays, opposite, least, text = self._native.conflicts()
        return Conflicts(tuple(zero), tuple(rays), tuple(opposite), least, text)

    @property
    def x(self) -> Floats:
        """Inputs, n × d: a read-only view, not a copy."""
        return self._native.x

    @property
    def y(self) -> Floats:
        """Labels, n: a read-only view, not a copy."""
        return self._native.y

    @property
    def n(self) -> int:
        """Number of examples."""
        return int(self.y.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the inputs."""
        return int(self.x.shape[1])

    @property
    def input_norms(self) -> Floats:
        """The norms ‖x_i‖, n."""
        return self._native.input_norms()

    @property
    def input_norm_bounds(self) -> tuple[float, float]:
        """(C_x^−, C_x^+): the smallest and the largest ‖x_i‖."""
        return self._native.input_norm_bounds()

    @property
    def label_bounds(self) -> tuple[float, float]:
        """(C_y^−, C_y^+): the smallest and the largest |y_i|."""
        return self._native.label_bounds()

    @property
    def trap_level(self) -> float:
        """(C_y^−)²/(2n): below this loss every h(x_i) has the sign of y_i for ever."""
        return self._native.trap_level()

    def interaction(self) -> float:
        """‖XᵀX − D_X‖_op, computed anew at every call; 0 when the inputs are orthogonal."""
        return self._native.interaction()

    def is_orthogonal(self) -> bool:
        """Whether ⟨x_i, x_k⟩ = 0 for all i ≠ k, to rounding; O(nd)."""
        return self._native.is_orthogonal()

    def __len__(self) -> int:
        return self.n

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return bool(
            self.x.shape == other.x.shape and (self.x == other.x).all() and (self.y == other.y).all()
        )

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Dataset:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Dataset:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (Dataset, (self.x, self.y))

    def __repr__(self) -> str:
        (low, high), (small, large) = self.input_norm_bounds, self.label_bounds
        return (
            f"Dataset(n={self.n}, d={self.d}; ‖x_i‖ from {low:.4g} to {high:.4g}, "
            f"|y_i| from {small:.4g} to {large:.4g})"
        )

    def _repr_html_(self) -> str:
        (low, high), (small, large) = self.input_norm_bounds, self.label_bounds
        positive = int((self.y > 0).sum())
        rows = [
            ("examples n", str(self.n)),
            ("dimension d", str(self.d)),
            ("‖x_i‖", f"{low:.4g} to {high:.4g}"),
            ("|y_i|", f"{small:.4g} to {large:.4g}"),
            ("labels", f"{positive} positive, {self.n - positive} others"),
        ]
        return html_table("Dataset", rows)
