"""Shows progress over problems with tqdm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from .errors import InputError

Progress: TypeAlias = bool | Callable[[int], object]
"""A tqdm bar, or a function that is called now and then with the number of problems done."""


@contextmanager
def counter(progress: Progress, unit: str) -> Iterator[Callable[[int, int], object] | None]:
    """What to call with the number done and the total, which is not known before the first call."""
    if progress is False:
        yield None
        return
    if progress is not True:
        yield lambda done, total: progress(done)
        return
    tqdm = _tqdm()
    shown: Any = None

    def report(done: int, total: int) -> None:
        nonlocal shown
        if shown is None and total > 0:
            shown = tqdm(total=total, unit=unit)
        if shown is not None:
            shown.total = total
            shown.update(done - shown.n)

    try:
        yield report
    finally:
        if shown is not None:
            shown.close()


def _tqdm() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise InputError("progress", "tqdm to be installed (pip install tqdm), or progress=False", "no tqdm") from None
    return tqdm


@contextmanager
def bar(progress: Progress, total: int) -> Iterator[Callable[[int], object] | None]:
    """What to call with the number of problems done."""
    if progress is False:
        yield None
        return
    if progress is not True:
        yield progress
        return
    tqdm = _tqdm()
    with tqdm(total=total, unit="problem") as shown:
        yield lambda done: shown.update(done - shown.n)
