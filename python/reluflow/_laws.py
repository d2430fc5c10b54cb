"""Writes laws as an experiment file has them, and draws from them with the numbers of a trial."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict, TypeVar

from . import _native
from ._check import LARGEST_SEED, choice, flag, meant, real, shorten, whole
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

Drawn = TypeVar("Drawn")


class NoisyKeys(TypedDict, total=False):
    """What every law of data takes whose labels are its own; the defaults are those of `dataset`."""

    seed: int
    draw: int
    p: int | None
    noise: float
    flip: float
    bias: bool


class DataKeys(NoisyKeys, total=False):
    """What every other law of data takes."""

    target: Target | None


class NetworkKeys(TypedDict, total=False):
    """What every law of networks takes; the defaults are those of `network`."""

    data: Dataset | None
    n: int | None
    seed: int
    draw: int
    mirrored: bool


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


def law(name: str, value: Law) -> dict[str, Any]:
    """A law as a mapping."""
    if isinstance(value, str):
        return {"law": value}
    if isinstance(value, Mapping):
        if not isinstance(value.get("law", ""), str):
            raise InputTypeError(f"{name}'s law", "the name of a law", shorten(repr(value["law"])))
        return dict(value)
    raise InputTypeError(name, "the name of a law or a mapping", shorten(repr(value)))


def dataset(
    section: Mapping[str, Any],
    n: int,
    d: int,
    *,
    seed: int = 0,
    draw: int = 0,
    p: int | None = None,
    target: Target | None = None,
    noise: float = 0.0,
    flip: float = 0.0,
    bias: bool = False,
) -> Dataset:
    """Draws a dataset from a law with the keys that every law of data takes; those that change nothing are left out."""
    law = dict(section)
    if target is not None:
        if not isinstance(target, (str, Mapping)):
            raise InputTypeError("target", "the name of a function or a mapping", shorten(repr(target)))
        law["target"] = {target: {}} if isinstance(target, str) else plain(target)
    for key, value in [("noise", noise), ("flip", flip)]:
        if real(key, value) != 0:
            law[key] = real(key, value)
    if flag("bias", bias):
        law["bias"] = True
    at = (
        whole("seed", seed, 0, LARGEST_SEED),
        whole("n", n, 1),
        whole("d", d, 1),
        0 if p is None else whole("p", p, 1),
        whole("draw", draw, 0),
    )
    return Dataset._wrap(plainly(lambda: _native.sample_dataset(law, at)))


def fixed(output: FixedOutput | None) -> dict[str, Any]:
    """Output weights of one size, where they are asked for, as an experiment file has them."""
    if output is None:
        return {}
    return {"output": plain(output) if isinstance(output, Mapping) else {"fixed": real("output", output)}}


def network(
    section: Mapping[str, Any],
    p: int,
    d: int | None = None,
    *,
    data: Dataset | None = None,
    n: int | None = None,
    seed: int = 0,
    draw: int = 0,
    mirrored: bool = False,
) -> Network:
    """Draws a network for a dataset, or for any data in dimension d; `mirrored` is left out where it changes nothing."""
    law = {**section, "mirrored": True} if flag("mirrored", mirrored) else dict(section)
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
    return Network._wrap(plainly(lambda: _native.sample_network(law, at, None if data is None else data._native)))


_PLAIN = (
    (r"(?:.*): '(\w+)' object is not an instance of 'Sequence'", "a list", r"\1"),
    (r"(?:.*): '(\w+)' object is not an instance of 'Mapping'", "a mapping", r"\1"),
    (r"(?:.*): '(\w+)' object cannot be interpreted as an integer", "a whole number", r"\1"),
    (r"not (\w+): must be real number", "a number", r"\1"),
    (r"or map: (.*)", "a word or a mapping", r"\1"),
    (r"(.*): unit value", r"\1", "None"),
    (r"(?:.*): (\d+)` as [iu]\d+", "a smaller number", r"\1"),
    (r"(?:.*): expected tagged enum dict to have exactly 1 key", "a mapping with one key", "none or several"),
    (r"(?:.*): data did not match any variant of untagged enum \w+", "another kind of value", "one that does not fit"),
    (r"(?:.*): unsupported type (\w+)", "what an experiment file can hold", r"\1"),
)
"""What the extension says of a Python value that no law has, as `expected: found`, and that in the words of this package."""


def plainly(draw: Callable[[], Drawn]) -> Drawn:
    """What a call draws; its refusal of a value, in plain words."""
    try:
        return draw()
    except InputError as error:
        found, within, law = error.found.partition(" in {")
        for said, expected, words in _PLAIN:
            match = re.fullmatch(said, f"{error.expected}: {found}")
            if match is not None:
                raise type(error)(error.quantity, match.expand(expected), match.expand(words) + within + law) from None
        if error.expected.startswith("one of ") and "did you mean" not in found:
            found += meant(found, error.expected.removeprefix("one of ").split(", "))
            raise type(error)(error.quantity, error.expected, found + within + law) from None
        raise
