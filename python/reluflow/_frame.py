"""Takes the columns of pandas, polars and Arrow tables apart."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, TypeAlias

import numpy as np

from . import _native
from ._check import shorten
from .errors import InputError, InputTypeError

__all__ = ["is_table", "read"]

_Column: TypeAlias = tuple[str, Any, tuple[str, str, str] | None, bool]
"""Name, numbers, what speaks against it ("gap", place, ""), ("text", place, text) or ("kind", kind, ""), and whether it is an index."""

_KINDS = {"M": "dates with times", "m": "lengths of time", "c": "complex numbers", "S": "bytes", "V": "several columns in one"}


def is_table(value: Any) -> bool:
    """Whether a value is a table with named columns, or the path of a file."""
    return isinstance(value, (str, os.PathLike)) or _is_pandas(value) or hasattr(value, "__arrow_c_stream__")


def read(
    source: Any,
    label: Any,
    inputs: Sequence[Any] | None,
    drop: Sequence[Any],
    more: Mapping[str, Any],
) -> tuple[_native.Dataset, str]:
    """The dataset of a table or of a file, with an account of what was read."""
    keys: dict[str, Any] = {key: value for key, value in more.items() if value is not None}
    if label is not None:
        keys["label"] = str(label)
    if inputs is not None:
        keys["inputs"] = _names("inputs", inputs)
    if len(names := _names("drop", drop)):
        keys["drop"] = names
    if isinstance(source, (str, os.PathLike)):
        keys["path"] = os.fspath(source)
        try:
            os.stat(source)
        except OSError as error:
            raise InputError(str(source), "a readable file", str(error.strerror)) from None
        return _native.read_file(keys)
    if _is_pandas(source):
        return _native.read_columns("the frame", _of_pandas(source), keys)
    if hasattr(source, "__arrow_c_stream__"):
        return _native.read_arrow("the table", source.__arrow_c_stream__(), keys)
    words = "a path, or a table of pandas, polars or Arrow"
    raise InputTypeError("source", words, f"{type(source).__name__}{_advice(source)}")


def _advice(source: Any) -> str:
    if hasattr(source, "collect"):
        return ": collect() it first"
    if hasattr(source, "__arrow_c_array__"):
        return ": make it a table first, pyarrow.table(…)"
    if isinstance(source, Mapping):
        return ": make it a table first, such as pandas.DataFrame(…)"
    return ""


def _names(key: str, names: Sequence[Any]) -> list[str]:
    if isinstance(names, (str, bytes)):
        raise InputTypeError(key, f'a list of names, such as {key}=["a", "b"]', shorten(repr(names)))
    return [str(name) for name in names]


def _is_pandas(value: Any) -> bool:
    """Whether a value is a frame of pandas, without importing it."""
    return any(kind.__module__.split(".")[0] == "pandas" and kind.__name__ == "DataFrame" for kind in type(value).__mro__)


def _of_pandas(frame: Any) -> list[_Column]:
    """The columns of a frame of pandas, its index left out; pyarrow is not needed."""
    counts = list(frame.index[: len(frame)]) == list(range(len(frame)))
    name = ", ".join(str(name) for name in frame.index.names if name is not None) or "index"
    index: list[_Column] = [] if counts else [(name, np.zeros(len(frame)), None, True)]
    return index + [_column(str(name), frame.iloc[:, k]) for k, name in enumerate(frame.columns)]


def _column(name: str, series: Any) -> _Column:
    if series.dtype.name == "category":
        series = series.astype(series.cat.categories.dtype if not series.isna().any() else object)
    kind = getattr(series.dtype, "kind", "O")
    missing = np.asarray(series.isna(), dtype=bool)
    values = np.full(len(series), np.nan)
    if kind in "biuf":
        values[~missing] = np.asarray(series[~missing].to_numpy(), dtype=np.float64)
    elif kind in _KINDS:
        return name, values, ("kind", _KINDS[kind], ""), False
    else:
        for row, value in enumerate(series.tolist()):
            if missing[row]:
                continue
            if not isinstance(value, (Real, Decimal)):
                return name, values, ("text", f"row {row} (from 0)", str(value)), False
            values[row] = float(value)
    if missing.any():
        return name, values, ("gap", f"row {int(missing.argmax())} (from 0)", ""), False
    return name, values, None, False
