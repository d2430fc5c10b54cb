"""Holds a one-hidden-layer ReLU network, h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _native, _torch
from ._check import Floats, array
from ._html import table as html_table
from ._model import Model
from .errors import InputError, InputTypeError

__all__ = ["Network"]


class Network:
    """The parameters θ = (W, a) of a network of p neurons in dimension d; never changes.

    Parameters
    ----------
    w
        hidden weights, p × d, row j is w_j. float64, float32 or integers, any strides. Copied once.
    a
        output weights, p.

    Raises
    ------
    InputError
        when there is no neuron, the shapes disagree, or a weight is not finite.
    InputTypeError
        when a weight is not a number.

    Examples
    --------
    >>> network = Network([[1.0, 0.0], [0.0, -1.0]], [2.0, 4.0])
    >>> network([[3.0, 1.0]])           # (2 σ(3) + 4 σ(−1)) / 2
    array([3.])
    """

    __slots__ = ("_native",)

    def __init__(self, w: npt.ArrayLike, a: npt.ArrayLike) -> None:
        hidden, output = array("w", w, "(p, d)"), array("a", a, "(p,)")
        if hidden.shape[0] != output.shape[0]:
            raise InputError("a", f"shape ({hidden.shape[0]},), one weight a row of w", f"shape {output.shape}")
        self._native = _native.Network(hidden, output)

    @classmethod
    def _wrap(cls, native: _native.Network) -> Network:
        network = cls.__new__(cls)
        network._native = native
        return network

    @classmethod
    def _restore(cls, w: Floats, a: Floats) -> Network:
        """A pickled network; one that a diverged run left may have weights that are not finite."""
        return cls._wrap(_native.Network.from_state(w, a))

    @classmethod
    def from_torch(cls, module: Any) -> Network:
        """The network that a PyTorch module x ↦ Σ_j v_j σ(⟨w_j, x⟩ + b_j) computes: a_j = p v_j.

        `module`: anything with `state_dict()`, such as `Sequential(Linear(d, p), ReLU(), Linear(p, 1, bias=False))`. The first
        matrix of the state is W (p × d), the second is v (1 × p). A bias b of the first layer becomes the last column of w,
        so that data need `bias=True` (a last coordinate 1). The activation is not read: give it as `model`.

        Raises
        ------
        InputError
            when the state does not hold two matrices p × d and 1 × p, or the second layer has a bias that is not 0.
        """
        layers = _torch.read(module)
        return cls(layers.hidden, layers.p * layers.output)

    def to_torch(self, module: Any) -> None:
        """Writes w and v = a/p into the parameters of a PyTorch module, in its own precision and on its own device.

        `module`: as in `from_torch`, of the same shape; with a bias in the first layer, that is the last column of w.

        Raises
        ------
        InputError
            when the module has other shapes.

        Examples
        --------
        >>> from torch import nn                                                           # doctest: +SKIP
        >>> module = nn.Sequential(nn.Linear(d, p, bias=False), nn.ReLU(), nn.Linear(p, 1, bias=False))  # doctest: +SKIP
        >>> network.to_torch(module)         # module(x) equals network(x)                 # doctest: +SKIP
        """
        _torch.write(self.w, self.a / self.p, module)

    @property
    def w(self) -> Floats:
        """Hidden weights, p × d: a read-only view, not a copy."""
        return self._native.w

    @property
    def a(self) -> Floats:
        """Output weights, p: a read-only view, not a copy."""
        return self._native.a

    @property
    def p(self) -> int:
        """Number of neurons."""
        return int(self.a.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the inputs."""
        return int(self.w.shape[1])

    @property
    def balances(self) -> Floats:
        """The conserved a_j² − ‖w_j‖² (Lemma 1), p."""
        return self._native.balances()

    @property
    def asymmetry_margin(self) -> float:
        """min_j (|a_j| − ‖w_j‖): Assumption 1 holds when it is non-negative."""
        return self._native.asymmetry_margin()

    def __call__(self, x: npt.ArrayLike, model: Model | None = None) -> Floats:
        """h(x) for every row of x (m × d) or for one x (d, giving an array without dimension); O(mpd).

        `model`: whose activation σ is; that of ReLU unless said. Its sign is the label a classification predicts.

        >>> from reluflow import Model
        >>> network = Network([[1.0, 0.0], [-1.0, 0.0]], [2.0, 4.0])
        >>> float(network([3.0, 0.0])), float(network([3.0, 0.0], Model(activation=0.5)))
        (3.0, 0.0)
        """
        if model is not None and not isinstance(model, Model):
            raise InputTypeError("model", "a Model such as Model(activation=0.1)", type(model).__name__)
        slope = 0.0 if model is None else model._slope
        if np.ndim(x) == 1:
            return self._native.output(array("x", x, "(d,)")[None, :], slope).reshape(())
        return self._native.output(array("x", x, "(m, d)"), slope)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        return bool(
            self.w.shape == other.w.shape and (self.w == other.w).all() and (self.a == other.a).all()
        )

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Network:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (Network._restore, (self.w, self.a))

    def __repr__(self) -> str:
        margin = self.asymmetry_margin
        return f"Network(p={self.p}, d={self.d}; min |a_j| − ‖w_j‖ = {margin:.4g})"

    def _repr_html_(self) -> str:
        margin = self.asymmetry_margin
        holds = "holds" if margin >= 0 else "does not hold"
        rows = [
            ("neurons p", str(self.p)),
            ("dimension d", str(self.d)),
            ("min |a_j| − ‖w_j‖", f"{margin:.4g}: Assumption 1 {holds}"),
            ("output weights", f"{int((self.a > 0).sum())} positive, {int((self.a < 0).sum())} negative"),
        ]
        return html_table("Network", rows)
