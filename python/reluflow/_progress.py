"""Shows progress over problems with tqdm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from .errors import InputError

Progress: TypeAlias = bool | Callable[[int], object]
"""A tqdm bar, or a function that is called now and then with the number of problems done."""


@contextmanager
def bar(progress: Progress, total: int) -> Iterator[Callable[[int], object] | None]:
    """What to call with the number of problems done."""
    if progress is False:
        yield None
        return
    if progress is not True:
        yield progress
        progress(total)
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise InputError("progress", "tqdm to be installed (pip install tqdm), or progress=False", "no tqdm") from None
    with tqdm(total=total, unit="problem") as shown:
        yield lambda done: shown.update(done - shown.n)
        shown.update(total - shown.n)
