"""Holds named columns of one length, and hands them to whoever reads Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _native
from ._check import meant, shorten
from ._html import grid
from .errors import ColumnError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Table"]

_SHOWN = 10
"""Rows that are printed: so many from either end."""


class Table(Mapping[str, npt.NDArray[Any]]):
    """Columns by name, as NumPy arrays; an Arrow table to everyone who asks (`__arrow_c_stream__`).

    `polars.DataFrame(table)`, `pyarrow.table(table)` and DuckDB take it as it is; `polars.from_arrow`, which makes a
    series of structs of any stream that is not pyarrow's, takes `table.to_arrow()`.

    >>> table = Table({"time": np.array([0.0, 1.0]), "loss": np.array([1.0, 0.5])})
    >>> table["loss"].sum(), len(table), table.rows
    (np.float64(1.5), 2, 2)
    >>> table["los"]
    Traceback (most recent call last):
        ...
    reluflow.errors.ColumnError: column: expected one of time, loss, found 'los'; did you mean 'loss'?
    """

    __slots__ = ("_columns",)

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        self._columns = {name: np.asarray(values).view() for name, values in columns.items()}
        for values in self._columns.values():
            values.flags.writeable = False

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        try:
            return self._columns[name]
        except (KeyError, TypeError):
            expected = f"one of {', '.join(self._columns)}" if self._columns else "none, of a table without columns"
            hint = meant(name, self._columns) if isinstance(name, str) else ""
            raise ColumnError("column", expected, shorten(repr(name)) + hint) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        """Number of columns."""
        return len(self._columns)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._columns)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return next((len(values) for values in self._columns.values()), 0)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as an Arrow stream of one batch, copied; another schema may be asked for but is not given."""
        return _native.arrow_stream(
            [
                (name, values.tolist() if values.dtype.kind == "U" else np.ascontiguousarray(values))
                for name, values in self._columns.items()
            ]
        )

    def to_arrow(self) -> pyarrow.Table:
        """A `pyarrow.Table`; needs pyarrow."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self) -> pandas.DataFrame:
        """A `pandas.DataFrame`; needs pandas, not pyarrow."""
        import pandas

        return pandas.DataFrame({name: values.copy() for name, values in self._columns.items()})

    def to_polars(self) -> polars.DataFrame:
        """A `polars.DataFrame`; needs polars, not pyarrow."""
        import polars

        return polars.DataFrame(self)

    def to_dict(self) -> dict[str, list[Any]]:
        """Lists of Python values."""
        return {name: values.tolist() for name, values in self._columns.items()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return self.columns == other.columns and all(
            np.array_equal(values, other[name], equal_nan=values.dtype.kind == "f")
            for name, values in self._columns.items()
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (Table, (self._columns,))

    def _cells(self) -> Iterator[list[str]]:
        few = self.rows <= 2 * _SHOWN
        shown = range(self.rows) if few else [*range(_SHOWN), *range(self.rows - _SHOWN, self.rows)]
        for position, row in enumerate(shown):
            if not few and position == _SHOWN:
                yield ["…"] * len(self._columns)
            values = (values[row] for values in self._columns.values())
            yield [f"{value:.6g}" if isinstance(value, float) else str(value) for value in values]

    def __repr__(self) -> str:
        lines = [self.columns, *self._cells()]
        widths = [max(len(line[k]) for line in lines) for k in range(len(self._columns))]
        text = ("  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in lines)
        return "\n".join([*text, f"[{self.rows} rows × {len(self._columns)} columns]"])

    def _repr_html_(self) -> str:
        return grid(self.columns, self._cells(), f"{self.rows} rows × {len(self._columns)} columns")
