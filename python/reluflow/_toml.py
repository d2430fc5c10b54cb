"""Writes Python values as TOML, as an experiment file would hold them."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ._check import shorten
from .errors import InputTypeError


def toml(name: str, value: Any) -> str:
    """The value on one line.

    >>> toml("n", [1, 2.5, {"per_d": 3}, "it's", True])
    '[1, 2.5, {"per_d" = 3}, "it\\'s", true]'
    """
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # repr of a float reads back as the same bits.
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str):
        # JSON's escapes are TOML's; TOML also wants DEL escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        parts = (f"{toml(name, str(key))} = {toml(name, part)}" for key, part in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, Iterable):
        return "[" + ", ".join(toml(name, part) for part in value) + "]"
    raise InputTypeError(name, "what an experiment file can hold", shorten(repr(value)))
