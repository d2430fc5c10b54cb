"""Checks what a record may refer to other than the problem: test data, a teacher, directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._dataset import Dataset
from ._network import Network
from .errors import InputError, InputTypeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Extras:
    """Test data, teacher and directions, as they were given."""

    test: Dataset | None
    teacher: Network | None
    directions: ArrayLike | None

    def complete(self, observables: list[str], pairs: Sequence[tuple[Dataset, Any]]) -> tuple[list[str], list[list[float]]]:
        """The observables with those that the extras stand for, and the directions as lists."""
        for name, value, kind in (("test", self.test, Dataset), ("teacher", self.teacher, Network)):
            if value is not None and not isinstance(value, kind):
                raise InputTypeError(name, f"a {kind.__name__}", type(value).__name__)
        given: dict[str, object] = {"test": self.test, "teacher": self.teacher, "given-directions": self.directions}
        for observable, what in given.items():
            if observable in observables and what is None:
                argument = "directions" if observable == "given-directions" else observable
                raise InputError("record", f'the argument {argument}= with "{observable}"', "none")
        wanted = observables + [name for name, what in given.items() if what is not None and name not in observables]
        for k, (data, _) in enumerate(pairs):
            for name, other in self._sized():
                if other.d != data.d:
                    raise InputError(name, f"dimension {data.d}, as the data of pair {k} has", f"{other.d}")
        return wanted, self._directions(pairs)

    def _sized(self) -> list[tuple[str, Dataset | Network]]:
        """What has a dimension of its own."""
        return [(name, other) for name, other in (("test", self.test), ("teacher", self.teacher)) if other is not None]

    def _directions(self, pairs: Sequence[tuple[Dataset, Any]]) -> list[list[float]]:
        if self.directions is None:
            return []
        try:
            array = np.atleast_2d(np.asarray(self.directions, dtype=float))
        except (TypeError, ValueError):
            raise InputTypeError("directions", "an array (k, d) of numbers", type(self.directions).__name__) from None
        for data, _ in pairs:
            if array.ndim != 2 or array.shape[1] != data.d:
                raise InputError("directions", f"an array (k, {data.d})", f"one of shape {array.shape}")
        vectors: list[list[float]] = array.tolist()
        return vectors
