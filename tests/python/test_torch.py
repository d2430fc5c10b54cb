"""Two-layer PyTorch modules become networks and back; PyTorch itself is used where it is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reluflow as rf

RNG = np.random.default_rng(7)


class Tensor:
    """As much of a tensor as is asked of it, in single precision."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values, dtype=np.float32)

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def double(self) -> np.ndarray:
        return self.values.astype(np.float64)

    def new_tensor(self, values: np.ndarray) -> Tensor:
        return Tensor(values)


class Module:
    """A module with the state given."""

    def __init__(self, **state: Any) -> None:
        self.state = {key.replace("_", "."): Tensor(value) for key, value in state.items()}

    def state_dict(self) -> dict[str, Tensor]:
        return self.state

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        assert list(state) == list(self.state)
        self.state = state

    def __call__(self, x: np.ndarray) -> np.ndarray:
        values = {key: tensor.double() for key, tensor in self.state.items()}
        hidden = x @ values["0.weight"].T + values.get("0.bias", 0.0)
        return np.maximum(hidden, 0.0) @ values["2.weight"][0]


@pytest.mark.parametrize("bias", [False, True])
def test_a_module_becomes_a_network_and_back(bias: bool) -> None:
    state = {"0_weight": RNG.standard_normal((7, 3))}
    if bias:
        state["0_bias"] = RNG.standard_normal(7)
    state["2_weight"] = RNG.standard_normal((1, 7))
    module = Module(**state)
    network = rf.Network.from_torch(module)
    assert (network.p, network.d) == (7, 4 if bias else 3)
    x = RNG.standard_normal((11, 3))
    inputs = np.column_stack([x, np.ones(11)]) if bias else x
    np.testing.assert_allclose(network(inputs), module(x), rtol=1e-12)

    other = Module(**{key: np.zeros_like(value) for key, value in state.items()})
    network.to_torch(other)
    for key, tensor in module.state.items():
        np.testing.assert_allclose(other.state[key].values, tensor.values, rtol=1e-6)


def test_a_trained_network_goes_back() -> None:
    data = rf.data.isotropic(n=6, d=4, seed=3)
    module = Module(**{"0_weight": RNG.standard_normal((5, 4)), "2_weight": RNG.standard_normal((1, 5))})
    end = rf.flow(data, rf.Network.from_torch(module)).network
    end.to_torch(module)
    np.testing.assert_allclose(module(data.x), end(data.x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"0_weight": np.ones((3, 2))},
        {"0_weight": np.ones((3, 2)), "2_weight": np.ones((2, 3))},
        {"0_weight": np.ones((3, 2)), "2_weight": np.ones((1, 4))},
        {"0_weight": np.ones((3, 2)), "2_weight": np.ones((1, 3)), "4_weight": np.ones((1, 1))},
        {"0_weight": np.ones((3, 2, 1)), "2_weight": np.ones((1, 3))},
        {"0_weight": np.ones((3, 2)), "0_bias": np.ones(2), "2_weight": np.ones((1, 3))},
        {"0_weight": np.ones((3, 2)), "2_weight": np.ones((1, 3)), "2_bias": np.ones(1)},
    ],
)
def test_other_modules_are_refused(state: dict[str, np.ndarray]) -> None:
    with pytest.raises(rf.errors.InputError, match="module"):
        rf.Network.from_torch(Module(**state))


def test_what_is_no_module_or_has_another_shape_is_refused() -> None:
    with pytest.raises(rf.errors.InputTypeError, match="state_dict"):
        rf.Network.from_torch(np.ones((2, 3)))
    network = rf.Network(np.ones((3, 2)), np.ones(3))
    module = Module(**{"0_weight": np.ones((3, 4)), "2_weight": np.ones((1, 3))})
    with pytest.raises(rf.errors.InputError, match="d = 4"):
        network.to_torch(module)
    assert (module.state["0.weight"].values == 1.0).all()


def test_torch_agrees() -> None:
    torch = pytest.importorskip("torch")
    layers = (torch.nn.Linear(3, 7), torch.nn.ReLU(), torch.nn.Linear(7, 1, bias=False))
    module = torch.nn.Sequential(*layers).double()
    network = rf.Network.from_torch(module)
    x = RNG.standard_normal((11, 3))
    expected = module(torch.as_tensor(x)).detach().numpy()[:, 0]
    np.testing.assert_allclose(network(np.column_stack([x, np.ones(11)])), expected, rtol=1e-12)
    double = rf.Network(2.0 * network.w, network.a)
    double.to_torch(module)
    np.testing.assert_allclose(module(torch.as_tensor(x)).detach().numpy()[:, 0], 2.0 * expected, rtol=1e-12)
