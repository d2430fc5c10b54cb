"""Holds the networks that a run kept on its way, and the plateaus between which they grew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ._network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Path", "Plateau"]


class Path(Sequence[Network]):
    """The networks of the rows of a run, in their order: what `record="network"` keeps.

    >>> import reluflow as rf
    >>> data, net = rf.trial(n=20, d=10, p=12, seed=3)
    >>> path = rf.flow(data, net, record="network").path
    >>> len(path) == len(path.times), path.hidden.shape[1:], path.output.shape[1:]
    (True, (12, 10), (12,))
    """

    def __init__(self, snapshots: Sequence[tuple[float, float, Any]]) -> None:
        self._times = np.array([time for time, _, _ in snapshots])
        self._losses = np.array([loss for _, loss, _ in snapshots])
        self._networks = [Network._wrap(network) for _, _, network in snapshots]

    @property
    def times(self) -> NDArray[np.float64]:
        """The times, shape (T,)."""
        return self._times

    @property
    def loss(self) -> NDArray[np.float64]:
        """L at these times, shape (T,)."""
        return self._losses

    @property
    def hidden(self) -> NDArray[np.float64]:
        """The hidden weights W, shape (T, p, d)."""
        return np.stack([network.w for network in self._networks])

    @property
    def output(self) -> NDArray[np.float64]:
        """The output weights a, shape (T, p)."""
        return np.stack([network.a for network in self._networks])

    def save(self, path: Any) -> None:
        """Writes `times`, `loss`, `hidden` and `output` to a NumPy file, .npz."""
        np.savez_compressed(path, times=self.times, loss=self.loss, hidden=self.hidden, output=self.output)

    def __len__(self) -> int:
        return len(self._networks)

    @overload
    def __getitem__(self, index: int) -> Network: ...
    @overload
    def __getitem__(self, index: slice) -> list[Network]: ...
    def __getitem__(self, index: int | slice) -> Network | list[Network]:
        return self._networks[index]

    def __iter__(self) -> Iterator[Network]:
        return iter(self._networks)

    def __repr__(self) -> str:
        if not self._networks:
            return "Path(no networks: record=\"network\" keeps them)"
        first = self._networks[0]
        return f"Path({len(self)} networks of {first.p} neurons in dimension {first.d})"


@dataclass(frozen=True)
class Plateau:
    """A stretch of a run on which the loss hardly changes: `Solution.plateaus`."""

    start: float
    """Time of its first row."""
    end: float
    """Time of its last row."""
    loss: float
    """L in its middle."""
    grown: tuple[int, ...]
    """The neurons that grew on the way to it; empty where no networks were kept."""
