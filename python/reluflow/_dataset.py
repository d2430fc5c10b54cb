"""Holds n labelled examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from . import _frame, _native
from ._check import Floats, array, keywords
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
        Without `y`: a table of pandas, polars or Arrow, or the path of a file, as `Dataset.read` takes it.
    y
        labels, n.
    label, inputs, drop, standardize, bias
        of a table; see `Dataset.read`.

    Raises
    ------
    InputError
        when it is empty, the shapes disagree, or an entry is not finite.
    InputTypeError
        when an entry is not a number.

    Examples
    --------
    >>> data = Dataset([[3.0, 4.0], [0.0, 1.0]], [-2.0, 0.5])
    >>> data.n, data.d, data.input_norm_bounds
    (2, 2, (1.0, 5.0))
    """

    __slots__ = ("_account", "_native")

    def __init__(
        self,
        x: npt.ArrayLike | Any,
        y: npt.ArrayLike | None = None,
        *,
        label: str | int | None = None,
        inputs: Sequence[str | int] | None = None,
        drop: Sequence[str | int] = (),
        standardize: bool = False,
        bias: bool = False,
    ) -> None:
        keys = {"standardize": bool(standardize), "bias": bool(bias)}
        if y is None:
            if not _frame.is_table(x):
                raise InputError("y", "labels, because the inputs are no table with a column of labels", "none")
            self._native, self._account = _frame.read(x, label, inputs, drop, keys)
            return
        given = [name for name, value in [("label", label), ("inputs", inputs), *keys.items()] if value is not None and value is not False]
        given += ["drop"] * (len(drop) > 0)
        if given:
            raise InputError(given[0], "columns of a table, without y", "both")
        rows, labels = array("x", x, "(n, d)", booleans=True), array("y", y, "(n,)", booleans=True)
        if rows.shape[0] != labels.shape[0]:
            raise InputError("y", f"shape ({rows.shape[0]},), one label a row of x", f"shape {labels.shape}")
        self._native, self._account = _native.Dataset(rows, labels), ""

    @classmethod
    def _wrap(cls, native: _native.Dataset, account: str = "") -> Dataset:
        dataset = cls.__new__(cls)
        dataset._native, dataset._account = native, account
        return dataset

    @classmethod
    @keywords
    def read(
        cls,
        source: Any,
        *,
        label: str | int | None = None,
        inputs: Sequence[str | int] | None = None,
        drop: Sequence[str | int] = (),
        header: bool | None = None,
        separator: str | None = None,
        decimal: str | None = None,
        standardize: bool = False,
        bias: bool = False,
    ) -> Dataset:
        """Reads a table or a file by the rules of `[data] law = "file"`; `account` says what was read.

        Parameters
        ----------
        source
            a frame of pandas or polars, a table of Arrow (all that has `__arrow_c_stream__`), or the path of a `.csv`, `.tsv`,
            `.txt` (also `.gz`), `.parquet` or `.npz` file.
        label
            the column of labels; the last one, unless another has a name that labels usually have.
        inputs
            the columns of inputs, in this order; all others.
        drop
            columns that are left out.
        header, separator, decimal
            of a text: whether its first line holds names, what stands between fields, what marks decimals.
        standardize
            give every input mean 0 and variance 1 over the rows.
        bias
            append a last coordinate 1 to every input.

        Raises
        ------
        InputError
            of a gap or a text, by row and column, and of what is ambiguous, with the key that settles it.

        Examples
        --------
        >>> import pandas
        >>> frame = pandas.DataFrame({"a": [3.0, 0.0], "b": [4.0, 1.0], "y": [-2.0, 0.5]})
        >>> data = Dataset.read(frame)
        >>> data.account
        '2 rows, inputs a, b, label y, no gaps, norms 1.0 … 5.0'
        """
        keys = {"header": header, "separator": separator, "decimal": decimal, "standardize": bool(standardize), "bias": bool(bias)}
        return cls._wrap(*_frame.read(source, label, inputs, drop, keys))

    @property
    def account(self) -> str:
        """What was read from a table or a file, in a sentence; empty for arrays."""
        return self._account

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
        return (_again, (self.x, self.y, self._account))

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


def _again(x: Floats, y: Floats, account: str) -> Dataset:
    """A dataset from its arrays, with the account of where they came from."""
    dataset = Dataset(x, y)
    dataset._account = account
    return dataset
