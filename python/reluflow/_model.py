"""The model whose flow is computed: activation, loss, rates of the layers, weight decay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._check import choice, keywords, real, shorten
from .errors import InputError, InputTypeError

__all__ = ["Model"]

ACTIVATIONS = ("relu", "absolute-value", "linear")
"""Activations without a parameter; a number stands for leaky ReLU of that slope."""

LOSSES = ("square", "logistic", "exponential")
"""Losses of an example; the labels of the last two are ±1."""

TRAIN = ("both", "hidden", "output")
"""Which layers are trained."""


@dataclass(frozen=True)
class Model:
    """A member of the family h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩), L = (1/n) Σ_i ℓ(h(x_i), y_i); the paper's unless said.

    ```text
    dw_j/dt = η_w ( (a_j/n) Σ_i f_i σ'(⟨w_j, x_i⟩) x_i − λ w_j )      f_i = −∂ℓ/∂h(h(x_i), y_i)
    da_j/dt = η_a ( (1/n) Σ_i f_i σ(⟨w_j, x_i⟩) − λ a_j )
    ```

    Parameters
    ----------
    activation
        σ: "relu", "absolute-value", "linear", or a slope γ in [−1, 1] of leaky ReLU, σ(u) = u for u > 0 and γu for u ≤ 0.
    loss
        ℓ: "square", (h − y)²/2; "logistic", log(1 + e^(−yh)); "exponential", e^(−yh). The labels of the last two are ±1.
    train
        which layers: "both", "hidden" (output weights frozen), "output" (hidden weights frozen).
    rates
        (η_w, η_a), in the place of `train`.
    weight_decay
        λ: the flow descends L + (λ/2p) Σ_j (‖w_j‖² + a_j²).
    decay_bias
        whether the last coordinate of w_j decays, too; if not, that of the inputs must be constant.

    Raises
    ------
    InputError, InputTypeError
        when a word is not known or a number out of range.

    Examples
    --------
    >>> Model(activation=0.1, loss="logistic", train="hidden")
    Model(activation=0.1, loss='logistic', train='hidden')
    """

    activation: str | float = "relu"
    """σ: a word, or the slope of leaky ReLU."""
    loss: str = "square"
    """ℓ, of one example."""
    train: str | None = None
    """Which layers are trained; None with `rates`, and for both."""
    rates: tuple[float, float] | None = None
    """(η_w, η_a), in the place of `train`."""
    weight_decay: float = 0.0
    """λ."""
    decay_bias: bool = True
    """Whether the last coordinate of w_j decays, too."""

    def __post_init__(self) -> None:
        if isinstance(self.activation, str):
            choice("activation", self.activation, ACTIVATIONS)
        elif not -1.0 <= real("activation", self.activation) <= 1.0:
            raise InputError("activation", "a slope between -1 and 1", repr(self.activation))
        choice("loss", self.loss, LOSSES)
        if self.train is not None:
            choice("train", self.train, TRAIN)
        if self.rates is not None:
            if self.train is not None:
                raise InputError("rates", "either train or rates", "both")
            self._rates()
        if not 0.0 <= real("weight_decay", self.weight_decay) < float("inf"):
            raise InputError("weight_decay", "a number that is not negative", repr(self.weight_decay))

    def _rates(self) -> dict[str, float]:
        expected = "two numbers that are not negative, of the hidden and the output layer"
        try:
            hidden, output = self.rates  # type: ignore[misc]
        except (TypeError, ValueError):
            raise InputTypeError("rates", expected, shorten(repr(self.rates))) from None
        rates = {"hidden": real("rates", hidden), "output": real("rates", output)}
        if not all(0.0 <= rate < float("inf") for rate in rates.values()) or not any(rates.values()):
            raise InputError("rates", expected, shorten(repr(self.rates)))
        return rates

    @property
    def _slope(self) -> float:
        """γ, the slope of σ at u ≤ 0."""
        if isinstance(self.activation, str):
            return {"relu": 0.0, "absolute-value": -1.0, "linear": 1.0}[self.activation.replace("_", "-")]
        return float(self.activation)

    def _section(self) -> Mapping[str, Any]:
        """As an experiment file has it."""
        activation = self.activation
        section: dict[str, Any] = {
            "activation": activation.replace("_", "-")
            if isinstance(activation, str)
            else {"leaky": float(activation)},
            "loss": self.loss,
            "weight_decay": float(self.weight_decay),
            "decay_bias": bool(self.decay_bias),
        }
        if self.train is not None:
            section["train"] = self.train
        if self.rates is not None:
            section["rates"] = self._rates()
        return section

    def __repr__(self) -> str:
        defaults = Model.__dataclass_fields__
        said = [name for name, field in defaults.items() if getattr(self, name) != field.default]
        return f"Model({', '.join(f'{name}={getattr(self, name)!r}' for name in said)})"


Model.__init__ = keywords(Model.__init__)  # type: ignore[method-assign]

PAPER = Model()
"""ReLU, square loss, both layers at rate 1, no decay."""
