"""Describes experiment files."""

from __future__ import annotations

from typing import Any

from . import _native

__all__ = ["schema"]


def schema() -> dict[str, Any]:
    """The JSON Schema of experiment files, which `reluflow schema` prints: every key with what it takes, means, and is when left out.

    Any validator of JSON Schema, draft 07, checks an experiment with it before it is read. It says which keys and values there are; that an
    experiment is complete, and that its parts fit, is for `Experiment` to say.

    >>> import reluflow as rf
    >>> keys = rf.schema()["properties"]
    >>> list(keys)[:3], keys["sweep"]["properties"]["draws"]["default"]
    (['sweep', 'data', 'init'], 20)
    """
    return _native.schema()
