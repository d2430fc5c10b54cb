"""Arrays of every kind come in, read-only views go out, and what cannot be used is said."""

from __future__ import annotations

import numpy as np
import pytest
import reluflow as rf

X = np.array([[1.0, 2.0, -0.5], [0.25, -1.0, 3.0]])
Y = np.array([1.5, -2.0])


def read_only(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array


def unaligned(array: np.ndarray) -> np.ndarray:
    record = np.zeros(array.shape, dtype=np.dtype([("skip", "u1"), ("value", "f8")]))
    record["value"] = array
    assert not record["value"].flags.aligned
    return record["value"]


KINDS = {
    "fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(a, 2, axis=0)[::2],
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "read-only": read_only,
    "unaligned": unaligned,
    "big-endian": lambda a: a.astype(">f8"),
    "list": lambda a: a.tolist(),
    # These entries are dyadic, so single and half precision hold them exactly.
    "float32": lambda a: a.astype(np.float32),
    "float32 fortran": lambda a: np.asfortranarray(a.astype(np.float32)),
    "float16": lambda a: a.astype(np.float16),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_layout_holds_the_same_numbers(kind: str) -> None:
    convert = KINDS[kind]
    data, network = rf.Dataset(convert(X), convert(Y)), rf.Network(convert(X), convert(Y))
    assert np.array_equal(data.x, X) and np.array_equal(data.y, Y)
    assert np.array_equal(network.w, X) and np.array_equal(network.a, Y)
    assert data.x.dtype == np.float64


def test_integers_come_in_exactly() -> None:
    data = rf.Dataset(np.array([[1, 2], [3, -(2**53)]]), np.array([1, -1], dtype=np.int8))
    assert data.x[1, 1] == -(2.0**53)


def test_the_array_that_was_given_is_not_kept() -> None:
    x = X.copy()
    data = rf.Dataset(x, Y)
    x[:] = 0
    assert np.array_equal(data.x, X)


def test_views_share_memory_cannot_be_written_and_outlive_their_owner() -> None:
    data = rf.Dataset(X, Y)
    first, second = data.x, data.x
    assert np.shares_memory(first, second)
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 5
    with pytest.raises(ValueError, match="WRITEABLE"):
        first.flags.writeable = True
    del data, second
    # The memory would be handed out again if nothing kept it.
    _ = [np.zeros(X.shape) for _ in range(1000)]
    assert np.array_equal(first, X)


REFUSED = [
    (np.zeros((0, 3)), np.zeros(0), rf.InputError, "number of examples n: expected at least 1, found 0"),
    (np.zeros((2, 0)), Y, rf.InputError, "dimension d: expected at least 1, found 0"),
    (X, Y[:1], rf.InputError, r"y: expected shape \(2,\), one label a row of x, found shape \(1,\)"),
    (X[0], Y, rf.InputError, r"x: expected shape \(n, d\), found shape \(3,\)"),
    (X, Y[:, None], rf.InputError, r"y: expected shape \(n,\), found shape \(2, 1\)"),
    ([[1.0], [np.nan]], Y, rf.InputError, "inputs: expected finite numbers, found NaN at row 1, column 0"),
    ([[1.0], [2.0]], [1.0, np.inf], rf.InputError, "labels: expected finite numbers, found inf at row 1"),
    ([[1.0], [2**53 + 1]], Y, None, ""),
    (np.array([[1], [2**53 + 1]]), Y, rf.InputError, "at most 2.53 in size, found 9007199254740993"),
    (np.array([[1], [2**64 - 1]], dtype=np.uint64), Y, rf.InputError, "found 18446744073709551615"),
    ([[1], [10**30]], Y, rf.InputTypeError, "x: expected numbers.*found dtype object"),
    ([["a"], ["b"]], Y, rf.InputTypeError, "x: expected numbers.*found dtype <U1"),
    (X * 1j, Y, rf.InputTypeError, "x: expected numbers.*found dtype complex128"),
    ([[1.0], [1.0, 2.0]], Y, rf.InputError, "x: expected an array"),
    (np.ma.masked_array(X, X > 2), Y, rf.InputTypeError, "x: expected an array.*masked"),
]


@pytest.mark.parametrize(("x", "y", "error", "message"), REFUSED)
def test_what_is_no_dataset_is_refused(x: object, y: object, error: type[Exception] | None, message: str) -> None:
    if error is None:  # floats are what they are
        rf.Dataset(x, y)
        return
    with pytest.raises(error, match=message) as caught:
        rf.Dataset(x, y)
    assert isinstance(caught.value, rf.ReluflowError)
    assert isinstance(caught.value, (ValueError, TypeError))
    assert caught.value.expected and caught.value.found


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(rf.InputError, match=r"a: expected shape \(2,\)"):
        rf.Network(X, [1.0, 2.0, 3.0])
    with pytest.raises(rf.InputError, match="hidden weights: expected finite"):
        rf.Network([[np.inf]], [1.0])
    with pytest.raises(rf.InputError, match="number of neurons p"):
        rf.Network(np.zeros((0, 3)), [])


def test_a_network_is_a_function() -> None:
    network = rf.Network([[1.0, 0.0], [0.0, -1.0]], [2.0, 4.0])
    # (2 σ(3) + 4 σ(−1))/2 = 3 and (2 σ(−1) + 4 σ(1))/2 = 2
    assert network([[3.0, 1.0], [-1.0, -1.0]]).tolist() == [3.0, 2.0]
    assert network([3.0, 1.0]) == 3.0 and network([3.0, 1.0]).shape == ()
    with pytest.raises(rf.InputError, match="x: expected 2 columns, found 3"):
        network(X)


def test_booleans_are_the_numbers_that_they_mean_as_in_a_table() -> None:
    data = rf.Dataset([[True, False], [False, True]], np.array([True, False]))
    assert data == rf.Dataset(np.eye(2), [1.0, 0.0])
    with pytest.raises(rf.InputTypeError, match="dtype bool"):
        rf.Network([[True, False]], [1.0])
