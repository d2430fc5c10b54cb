"""Checks arguments and prepares arrays for the extension, with errors that say what was found."""

from __future__ import annotations

import difflib
import functools
import inspect
import operator
import os
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from .errors import InputError, InputTypeError, RunWarning

Floats = npt.NDArray[np.float64]
Function = TypeVar("Function", bound=Callable[..., Any])

LARGEST_SIZE = 2**53
"""Sizes up to this are exact everywhere."""

LARGEST_SEED = 2**63 - 1
"""The largest seed of an experiment file."""


def shorten(text: str, length: int = 60) -> str:
    """The text, or its beginning."""
    return text if len(text) <= length else text[: length - 1] + "…"


def whole(name: str, value: Any, low: int, high: int = LARGEST_SIZE) -> int:
    """A whole number in [low, high]."""
    expected = f"a whole number from {low} to {high}"
    if isinstance(value, (bool, np.bool_)):
        raise InputTypeError(name, expected, repr(value))
    try:
        number = operator.index(value)
    except TypeError:
        raise InputTypeError(name, expected, shorten(repr(value))) from None
    if not low <= number <= high:
        raise InputError(name, expected, shorten(str(number)))
    return number


def real(name: str, value: Any) -> float:
    """A real number."""
    try:
        if isinstance(value, (bool, np.bool_, str, bytes)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputTypeError(name, "a real number", shorten(repr(value))) from None


def positive(name: str, value: Any) -> float:
    """A finite number above 0."""
    number = real(name, value)
    if not 0 < number < float("inf"):
        raise InputError(name, "a positive number", shorten(repr(value)))
    return number


def at_least_zero(name: str, value: Any, high: float, unit: str) -> float:
    """A number of a unit in [0, high]."""
    number = real(name, value)
    if not 0 <= number <= high:
        raise InputError(name, f"{unit} from 0 to {high:g}", shorten(repr(value)))
    return number


def flag(name: str, value: Any) -> bool:
    """True or false; what Python also takes for one, as the number 3, is refused."""
    if not isinstance(value, (bool, np.bool_)):
        raise InputTypeError(name, "True or False", shorten(repr(value)))
    return bool(value)


def path(name: str, value: Any) -> Path:
    """The path of a file or a folder."""
    if not isinstance(value, (str, os.PathLike)):
        raise InputTypeError(name, "a path", shorten(repr(value)))
    return Path(value)


def processors() -> int:
    """The processors that this process may use, which a batch job or a container may have fewer of than the machine."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def meant(word: str, known: Iterable[str]) -> str:
    """`"; did you mean …?"` for a word that is close to a known one."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def keywords(function: Function) -> Function:
    """Refuses keywords that a function does not have, and says which one may have been meant."""
    return _named(function, inspect.signature(function))


def keywords_and(of: Callable[..., Any], without: Iterable[str] = ()) -> Callable[[Function], Function]:
    """As `keywords`, for a function that hands its other keywords on: to the parameters of `of` with defaults, but for some."""

    def decorate(function: Function) -> Function:
        signature = inspect.signature(function)
        own = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
        names = {one.name for one in own} | set(without)
        others = inspect.signature(of).parameters.values()
        added = [one for one in others if one.default is not one.empty and one.name not in names]
        return _named(function, signature.replace(parameters=[*own, *added]))

    return decorate


def _named(function: Function, signature: inspect.Signature) -> Function:
    """The function, called with the keywords of a signature only."""
    parameters = signature.parameters.values()
    known = [one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) and one.name != "self"]

    def refuse(name: str) -> None:
        owner = function.__qualname__.removesuffix(".__init__")
        raise InputTypeError(owner, f"keywords among {', '.join(known)}", repr(name) + meant(name, known))

    def called(*positional: Any, **named: Any) -> Any:
        for name in named:
            if name not in known:
                refuse(name)
        return function(*positional, **named)

    # With the globals of the function doctest takes it for one of the module's own.
    made = types.FunctionType(called.__code__, function.__globals__, closure=called.__closure__)
    functools.update_wrapper(made, function)
    made.__signature__ = signature  # type: ignore[attr-defined]
    return cast(Function, made)


def warn_of(words: list[list[str]]) -> None:
    """Issues what a terminal would warn of: each sentence once, with the number of problems it is about."""
    level, frame = 1, inspect.currentframe()
    # The line outside of this package that called.
    while (frame := frame.f_back if frame else None) is not None:
        level += 1
        if not frame.f_globals.get("__name__", "").startswith("reluflow."):
            break
    for word, count in Counter(word for of_one in words for word in of_one).items():
        about = f" ({count} of {len(words)} problems)" if len(words) > 1 else ""
        warnings.warn(f"{word}{about}", RunWarning, stacklevel=level)


def suggest(module: str, names: Iterable[str]) -> Callable[[str], Any]:
    """The `__getattr__` of a module with these public names: says which one may have been meant."""
    known = list(names)

    def missing(name: str) -> Any:
        hint = "" if name.startswith("_") else meant(name, known)
        raise AttributeError(f"{module} has no {name!r}{hint}")

    return missing


def listed(names: Iterable[str]) -> Callable[[], list[str]]:
    """The `__dir__` of a module with these public names: completion shows no others."""
    return lambda: sorted(names)


def choice(name: str, value: Any, choices: Iterable[str]) -> str:
    """One of some words; an underscore may stand for a hyphen."""
    known = list(choices)
    if not isinstance(value, str):
        raise InputTypeError(name, f"one of {', '.join(known)}", shorten(repr(value)))
    word = value.replace("_", "-")
    if word not in known:
        raise InputError(name, f"one of {', '.join(known)}", repr(value) + meant(word, known))
    return word


def choice_of_axis(axis: Any, axes: Iterable[str]) -> str:
    """The name of an axis of a sweep."""
    known = list(axes)
    if not isinstance(axis, str):
        raise InputTypeError("axis", f"one of {', '.join(known)}", shorten(repr(axis)))
    if axis not in known:
        raise InputError("axis", f"one of {', '.join(known)}", shorten(repr(axis)) + meant(axis, known))
    return axis


def array(name: str, value: Any, shape: str, booleans: bool = False) -> npt.NDArray[Any]:
    """An aligned array of float64 or float32 with as many dimensions as `shape` names, such as "(n, d)".

    Integers are converted where float64 holds them exactly, half precision always. Nothing is copied that need
    not be. With `booleans`, true is 1 and false is 0, as in tables.
    """
    if np.ma.isMaskedArray(value):
        raise InputTypeError(name, f"an array of shape {shape}", "a masked array: fill it first")
    try:
        found = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise InputError(name, f"an array of shape {shape}", shorten(str(error))) from None
    dimensions = shape.count(",") + (not shape.endswith(",)"))
    if found.ndim != dimensions:
        raise InputError(name, f"shape {shape}", f"shape {found.shape}")
    if booleans and found.dtype == np.bool_:
        return found.astype(np.float64)
    kind = found.dtype.kind
    if kind in "iu" and found.size and max(int(found.max()), -int(found.min())) > 2**53:
        worst = max(int(found.max()), int(found.min()), key=abs)
        raise InputError(name, "integers that float64 holds exactly, at most 2^53 in size", shorten(str(worst)))
    if kind not in "fiu" or found.dtype.itemsize > 8:
        raise InputTypeError(name, "numbers, as float64, float32 or integers", f"dtype {found.dtype}")
    if found.dtype not in (np.float64, np.float32) or not found.dtype.isnative:
        return found.astype(np.float64)
    return found if found.flags.aligned else found.copy()
