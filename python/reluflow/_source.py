"""Reads what an experiment is made from: a file, its text or a mapping, and values set over it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ._check import meant, shorten
from ._model import Model
from ._toml import toml
from .errors import FileError, InputError, InputTypeError
from .stop import Stop

_SWEEP = ("n", "d", "p", "draws", "seed", "zip", "also")
"""Keys of [sweep] that need no section named before them."""

_SECTIONS = ("sweep", "data", "init", "model", "flow", "stop", "record", "test", "units")


@dataclass(frozen=True)
class Source:
    """All that an experiment is made from: it is made anew where it is unpickled."""

    label: str
    """What messages call the text: the file's path."""
    name: str
    text: str
    base: str
    """The folder in which array files are looked for."""
    settings: tuple[tuple[str, str, str], ...] = ()
    """What messages call it, key, and value in TOML."""


def read(source: str | os.PathLike[str] | Mapping[str, Any], name: str | None, more: Mapping[str, Any]) -> Source:
    """What `Experiment(source, name=name, **more)` is made from."""
    settings: tuple[tuple[str, str, str], ...] = ()
    if isinstance(source, Mapping):
        # What no file has by itself is set over the file that the rest makes.
        own = {key: value for key, value in source.items() if not _over(key)}
        settings = tuple(setting(key, value, "Experiment") for key, value in source.items() if _over(key))
        text = "\n".join(f"{toml(key, key)} = {toml(key, _section(key, value))}" for key, value in own.items())
        found = Source("the mapping" if source else "the keywords", "experiment", text, os.getcwd())
    elif isinstance(source, str) and "\n" in source:
        found = Source("the text", "experiment", source, os.getcwd())
    elif isinstance(source, (str, os.PathLike)):
        file = Path(source)
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise InputError(str(file), "an experiment file, in UTF-8", "other bytes") from None
        except OSError as error:
            raise FileError(error.errno, f"{error.strerror}: the experiment file", str(file)) from None
        found = Source(str(file), file.stem, text, str(file.absolute().parent))
    else:
        raise InputTypeError("source", "a path, a file's text or a mapping", shorten(repr(source)))
    settings += tuple(setting(key, value, "Experiment") for key, value in more.items())
    return replace(found, name=found.name if name is None else name, settings=settings)


def _over(key: object) -> bool:
    """Whether a key of a mapping is set over a file: short for one of [sweep], or dotted."""
    return isinstance(key, str) and (key in _SWEEP or "." in key)


def _section(key: object, value: Any) -> Any:
    """A section as an experiment file has it: a word stands for a law or a method."""
    if isinstance(value, Stop) and key == "stop":
        if value.when:
            raise InputError("stop", "stops that a file can hold", "stop.when, which calls Python")
        return value._section()
    if isinstance(value, str) and key in ("data", "init"):
        return {"law": value}
    if isinstance(value, str) and key == "flow":
        return {"method": value}
    if isinstance(value, Model) and key == "model":
        return value._section()
    if key == "record" and not isinstance(value, Mapping) and isinstance(value, Iterable):
        names = [value] if isinstance(value, str) else list(value)
        if not all(isinstance(name, str) for name in names):
            raise InputTypeError("record", "names of what to write down", shorten(repr(value)))
        return {"observables": names}
    return value


def setting(key: object, value: Any, caller: str) -> tuple[str, str, str]:
    """A value of `with_` as the command's `--set` has it: what messages call it, key, and value in TOML."""
    if not isinstance(key, str):
        raise InputTypeError(f"a key of {caller}", "a word such as draws, or a dotted key", shorten(repr(key)))
    if key in _SWEEP:
        place = f"sweep.{key}"
    elif key in _SECTIONS or "." in key:
        place = key
    else:
        known = (*_SWEEP, *_SECTIONS)
        expected = f"one of {', '.join(known)}, or a dotted key such as init.hidden_scale"
        raise InputError(f"a key of {caller}", expected, repr(key) + meant(key, known))
    text = toml(key, _section(key, value))
    return f"{caller}({key}={shorten(text)})", place, text
