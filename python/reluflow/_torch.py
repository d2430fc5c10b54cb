"""Reads and writes the two layers of a PyTorch module, by its arrays: PyTorch is never imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._check import Floats
from .errors import InputError, InputTypeError

EXPECTED = "two layers, W of shape (p, d) and v of shape (1, p), as Sequential(Linear(d, p), ReLU(), Linear(p, 1, bias=False))"


@dataclass
class Layers:
    """What a module's state holds: keys, W with its bias as last column (p × d), v (p)."""

    hidden: Floats
    output: Floats
    keys: tuple[str, str]
    bias: str | None

    @property
    def p(self) -> int:
        """Number of neurons."""
        return int(self.output.shape[0])


def _numbers(tensor: Any) -> Floats:
    """A tensor's numbers in double precision, from any device and any precision."""
    for step in ("detach", "cpu", "double", "numpy"):
        if hasattr(tensor, step):
            tensor = getattr(tensor, step)()
    return np.array(tensor, dtype=np.float64)


def _state(module: Any) -> dict[str, Any]:
    if not callable(getattr(module, "state_dict", None)):
        raise InputTypeError("module", "a PyTorch module (an object with state_dict())", type(module).__name__)
    return dict(module.state_dict())


def read(module: Any) -> Layers:
    """The two layers of a module.

    Raises
    ------
    InputError
        when they are not what `EXPECTED` says.
    """
    arrays = {key: _numbers(tensor) for key, tensor in _state(module).items()}
    found = ", ".join(f"{key} {value.shape}" for key, value in arrays.items()) or "no parameters"
    matrices = [key for key, value in arrays.items() if value.ndim == 2]
    vectors = [key for key, value in arrays.items() if value.ndim == 1]
    if len(matrices) != 2 or len(matrices) + len(vectors) != len(arrays):
        raise InputError("module", EXPECTED, found)
    first, second = matrices
    hidden, output = arrays[first], arrays[second]
    if output.shape != (1, hidden.shape[0]):
        raise InputError("module", EXPECTED, found)
    bias = None
    order = list(arrays)
    for key in vectors:
        if order.index(key) > order.index(second):
            if arrays[key].shape != (1,) or arrays[key].any():
                raise InputError("module", "a second layer without a bias, or with the bias 0", f"{key} = {arrays[key]}")
        elif bias is None and arrays[key].shape == (hidden.shape[0],):
            bias = key
            hidden = np.column_stack([hidden, arrays[key]])
        else:
            raise InputError("module", EXPECTED, found)
    return Layers(hidden, output[0], (first, second), bias)


def write(hidden: Floats, output: Floats, module: Any) -> None:
    """Writes W (p × d) and v (p) into a module of the same shape."""
    layers = read(module)
    if layers.hidden.shape != hidden.shape:
        p, d = hidden.shape
        with_bias = " with the bias of the first layer as its last column" if layers.bias else ""
        raise InputError("module", f"p = {p} and d = {d}{with_bias}", f"p = {layers.p} and d = {layers.hidden.shape[1]}")
    state = _state(module)
    new = {layers.keys[0]: hidden, layers.keys[1]: output[None, :]}
    if layers.bias is not None:
        new |= {layers.keys[0]: hidden[:, :-1], layers.bias: hidden[:, -1]}
    module.load_state_dict({key: state[key].new_tensor(new[key]) if key in new else state[key] for key in state})
