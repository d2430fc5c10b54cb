"""Holds what a callback sees of a run: one row of its record, and the network then."""

from __future__ import annotations

from typing import Any

from . import _native
from ._dataset import Dataset
from ._network import Network

__all__ = ["Point"]


class Point:
    """A run at one time of its record.

    The columns of the row are attributes: `time`, `step`, `evaluations`, `loss`, and what `record` asks for, such as
    `mu`, `balance_drift`, `lost`. `row` has them as a dictionary; `index` is the problem's place in its list.
    """

    __slots__ = ("_native", "data", "index", "row")

    time: float
    """The time t."""
    step: int
    """Steps taken by then."""
    evaluations: int
    """Evaluations of the field by then."""
    loss: float
    """L at this time."""

    data: Dataset
    """The data of the problem."""
    index: int
    """The problem's place in its list."""
    row: dict[str, Any]
    """The columns by name."""

    def __init__(self, index: int, row: dict[str, Any], network: _native.Network, data: Dataset) -> None:
        self.index = index
        self.row = row
        self.data = data
        self._native = network

    @property
    def network(self) -> Network:
        """The network at this time."""
        return Network._wrap(self._native)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in Point.__slots__:
            raise AttributeError(name)
        try:
            return self.row[name]
        except KeyError:
            columns = ", ".join(self.row)
            raise AttributeError(f"no column {name!r} in the record, which has {columns}") from None

    def __reduce__(self) -> tuple[Any, ...]:
        return (Point._of, (self.index, self.row, self.network, self.data))

    @classmethod
    def _of(cls, index: int, row: dict[str, Any], network: Network, data: Dataset) -> Point:
        return cls(index, row, network._native, data)

    def __repr__(self) -> str:
        return f"Point({', '.join(f'{name}={value:.6g}' for name, value in self.row.items())})"
