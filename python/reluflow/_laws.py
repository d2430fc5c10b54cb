"""Writes laws as an experiment file has them, and draws from them with the numbers of a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from . import _native
from ._check import LARGEST_SEED, choice, real, shorten, whole
from ._dataset import Dataset
from ._network import Network
from .errors import InputError, InputTypeError

Magnitude: TypeAlias = float | tuple[float, float] | Mapping[str, Any]
"""A law on the positive numbers: c (constant), (low, high) (uniform), {"log-normal": (mu, sigma)} or {"half-normal": sigma}.

Labels of half-normal sizes and random signs are Gaussian."""

Signs: TypeAlias = Literal["random", "positive", "negative", "alternating"]
"""How signs of labels are chosen."""

Hidden: TypeAlias = Literal["uniform", "gaussian", "sphere"]
"""The law of w_j: entries U(±1/√d), entries N(0, 1/d), uniform on the unit sphere."""

Target: TypeAlias = str | Mapping[str, Any]
"""The function that labels inputs: {"linear": {"norm": 2}}, or its name alone, where no parameter is needed."""

FixedOutput: TypeAlias = float | Mapping[str, Any]
"""|a_j|, all of them positive, or {"fixed": size, "signs": "alternating"}."""

Law: TypeAlias = str | Mapping[str, Any]
"""A law as an experiment file has it: its name, or a mapping {"law": name, …}."""


def magnitude(name: str, value: Magnitude) -> dict[str, Any]:
    """A law on the positive numbers, as an experiment file has it."""
    if isinstance(value, Mapping):
        return {str(key): list(part) if isinstance(part, Sequence) else part for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        if len(value) != 2:
            raise InputError(name, "a number, (low, high) or a mapping", shorten(repr(value)))
        return {"uniform": [real(name, part) for part in value]}
    return {"constant": real(name, value)}


def labels(sizes: Magnitude, signs: Signs) -> dict[str, Any]:
    """The law of the labels."""
    words = ("random", "positive", "negative", "alternating")
    return {"sizes": magnitude("label_sizes", sizes), "signs": choice("signs", signs, words)}


def plain(value: Any) -> Any:
    """Arrays and tuples as lists, at any depth, as an experiment file has them."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(part) for part in value]
    return value


def altered(
    section: dict[str, Any], target: Target | None, noise: float, flip: float, bias: bool
) -> dict[str, Any]:
    """A law with the keys that every law of data takes; those that change nothing are left out."""
    if target is not None:
        if not isinstance(target, (str, Mapping)):
            raise InputTypeError("target", "the name of a function or a mapping", shorten(repr(target)))
        section["target"] = {target: {}} if isinstance(target, str) else plain(target)
    for key, value in [("noise", noise), ("flip", flip)]:
        if real(key, value) != 0:
            section[key] = real(key, value)
    if bias:
        section["bias"] = True
    return section


def altered_network(section: dict[str, Any], output: FixedOutput | None, mirrored: bool) -> dict[str, Any]:
    """An initialisation with the keys that laws take; those that change nothing are left out."""
    if output is not None:
        section["output"] = plain(output) if isinstance(output, Mapping) else {"fixed": real("output", output)}
    if mirrored:
        section["mirrored"] = True
    return section


def law(name: str, value: Law) -> dict[str, Any]:
    """A law as a mapping."""
    if isinstance(value, str):
        return {"law": value}
    if isinstance(value, Mapping):
        return dict(value)
    raise InputTypeError(name, "the name of a law or a mapping", shorten(repr(value)))


def dataset(law: Mapping[str, Any], n: int, d: int, seed: int, draw: int, p: int | None) -> Dataset:
    """Draws a dataset."""
    at = (
        whole("seed", seed, 0, LARGEST_SEED),
        whole("n", n, 1),
        whole("d", d, 1),
        0 if p is None else whole("p", p, 1),
        whole("draw", draw, 0),
    )
    return Dataset._wrap(_native.sample_dataset(law, at))


def network(
    law: Mapping[str, Any],
    p: int,
    data: Dataset | None,
    n: int | None,
    d: int | None,
    seed: int,
    draw: int,
) -> Network:
    """Draws a network for a dataset, or for any data in dimension d."""
    if data is not None and not isinstance(data, Dataset):
        raise InputTypeError("data", "a Dataset", type(data).__name__)
    if data is None and d is None:
        raise InputError("d", "the dimension, or data", "neither")
    for name, given, of_data in [("n", n, data and data.n), ("d", d, data and data.d)]:
        if given is not None and of_data is not None and given != of_data:
            raise InputError(name, f"{of_data}, as in data", str(given))
    at = (
        whole("seed", seed, 0, LARGEST_SEED),
        data.n if data is not None else 0 if n is None else whole("n", n, 1),
        data.d if data is not None else whole("d", d, 1),
        whole("p", p, 1),
        whole("draw", draw, 0),
    )
    return Network._wrap(_native.sample_network(law, at, None if data is None else data._native))
