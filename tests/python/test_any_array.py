"""Arrays that hypothesis makes: every layout and type holds its numbers, nothing makes the package panic."""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

import numpy as np
import pytest
import reluflow as rf

OBSERVABLES = [name for name in rf.OBSERVABLES if name not in ("test", "teacher", "given-directions")]
"""What needs nothing but the problem."""
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from problems import EPSILON, Problem, problems

SIZES = st.integers(1, 6)

DTYPES = st.sampled_from([">f8", "<f8", "f4", ">f4", "f2", "i1", "u2", "i4", "u4"])
"""Types whose every finite number float64 holds."""

FINITE = st.floats(-1e6, 1e6)


def numbers(dtype: np.dtype) -> st.SearchStrategy[Any]:
    return hnp.from_dtype(dtype, allow_nan=False, allow_infinity=False)


@st.composite
def arrays(draw: st.DrawFn, shape: tuple[int, ...]) -> np.ndarray:
    """An array of any type and layout: C, Fortran, strided, reversed, read-only, unaligned."""
    dtype = np.dtype(draw(DTYPES))
    array = draw(hnp.arrays(dtype, shape, elements=numbers(dtype)))
    layout = draw(st.sampled_from(["C", "F", "strided", "reversed", "read-only", "unaligned"]))
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "strided":
        return np.repeat(array, 3, axis=-1)[..., 1::3]
    if layout == "reversed":
        return np.flip(np.flip(array).copy())
    if layout == "read-only":
        array.flags.writeable = False
    if layout == "unaligned":
        record = np.zeros(shape, dtype=np.dtype([("skip", "u1"), ("value", dtype)]))
        record["value"] = array
        return record["value"]
    return array


@given(parts=st.data(), n=SIZES, d=SIZES)
def test_every_type_and_layout_holds_its_numbers(parts: st.DataObject, n: int, d: int) -> None:
    matrix, vector = parts.draw(arrays((n, d))), parts.draw(arrays((n,)))
    data, network = rf.Dataset(matrix, vector), rf.Network(matrix, vector)
    for held, given_array in ((data.x, matrix), (data.y, vector), (network.w, matrix), (network.a, vector)):
        assert held.dtype == np.float64 and held.flags.c_contiguous and not held.flags.writeable
        assert np.array_equal(held, given_array.astype(np.float64))
    for value in (data, network):
        for clone in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            assert clone == value and type(clone) is type(value)


@given(problem=problems(), layout=st.sampled_from(["F", "strided", "reversed", "float32"]))
def test_a_solution_does_not_depend_on_the_layout(problem: Problem, layout: str) -> None:
    """The same numbers in other memory give the same bits."""

    def change(array: np.ndarray) -> np.ndarray:
        if layout == "strided":
            return np.repeat(array, 2, axis=0)[::2]
        if layout == "reversed":
            return np.flip(np.flip(array).copy())
        return np.asfortranarray(array) if layout == "F" else array.astype(np.float32)

    def single(array: np.ndarray) -> np.ndarray:
        return array.astype(np.float32).astype(np.float64)

    data, network = problem
    plain = rf.Dataset(single(data.x), single(data.y)), rf.Network(single(network.w), single(network.a))
    (x, y), (w, a) = ((change(pair[0]), change(pair[1])) for pair in ((plain[0].x, plain[0].y), (plain[1].w, plain[1].a)))
    stop = rf.stop.time(0.5)
    assert rf.flow(rf.Dataset(x, y), rf.Network(w, a), stop=stop) == rf.flow(*plain, stop=stop)


@given(parts=st.data(), p=SIZES, d=SIZES, m=SIZES)
def test_a_network_is_its_formula(parts: st.DataObject, p: int, d: int, m: int) -> None:
    def array(*shape: int) -> np.ndarray:
        return parts.draw(hnp.arrays(np.float64, shape, elements=FINITE))

    w, a, x = array(p, d), array(p), array(m, d)
    network = rf.Network(w, a)
    expected = np.maximum(x @ w.T, 0) @ a / p
    # Sums of d and of p products: each order of summation rounds by at most its number of terms, relative to the
    # sum of sizes; underflow adds one subnormal a product.
    size = (np.abs(x) @ np.abs(w).T) @ np.abs(a) / p
    tolerance = 2 * (d + p + 2) * (EPSILON * size + 1e6 * np.finfo(np.float64).smallest_subnormal)
    assert (np.abs(network(x) - expected) <= tolerance).all()
    assert np.array_equal([network(row)[()] for row in x], network(x))
    # Doubling is exact.
    assert np.array_equal(rf.Network(2 * w, a)(x), network(2 * x))
    assert np.allclose(network.balances, a**2 - (w**2).sum(axis=1), rtol=0, atol=2 * (d + 2) * EPSILON * 1e12 * (d + 1))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
) | hnp.arrays(st.sampled_from(["f8", "i8", "u8", "b1", "c16", "M8[s]", "U3", "O"]), hnp.array_shapes(min_dims=0, min_side=0))
"""What someone might hand in by mistake."""


@given(one=JUNK, other=JUNK)
def test_what_is_no_array_is_refused_with_expected_and_found(one: Any, other: Any) -> None:
    for make in (rf.Dataset, rf.Network):
        for first, second in ((one, other), (np.eye(2), other), (one, np.ones(2))):
            try:
                made = make(first, second)
            except (rf.InputError, rf.InputTypeError) as error:
                assert isinstance(error, (ValueError, TypeError)) and error.expected and error.found
                assert len(str(error)) < 300
            else:
                repr(made)


def is_large(junk: Any) -> bool:
    try:
        return operator.index(junk) > 1000
    except TypeError:
        return False


@given(junk=JUNK, name=st.sampled_from(["n", "d", "p", "seed", "draw", "norms", "label_sizes", "signs"]))
def test_what_no_law_takes_is_refused(junk: Any, name: str) -> None:
    assume(not is_large(junk))  # a size like another, for as long as memory lasts
    try:
        rf.data.isotropic(**{"n": 2, "d": 2, name: junk})
    except rf.ReluflowError as error:
        assert "expected" in str(error) and "found" in str(error)


@given(
    junk=JUNK,
    name=st.sampled_from(["record", "spacing", "stop", "observe", "integrator", "tolerance", "fall", "largest_step"]),
)
def test_what_no_solver_takes_is_refused(junk: Any, name: str) -> None:
    problem = rf.trial(n=2, d=2, p=2)
    try:
        rf.flow(*problem, **{"stop": rf.stop.steps(3), name: junk})
    except rf.ReluflowError as error:
        assert "expected" in str(error) and "found" in str(error)


@pytest.mark.filterwarnings("ignore::reluflow.RunWarning")
@given(parts=st.data(), n=SIZES, d=SIZES, p=SIZES)
def test_numbers_of_every_size_end_in_a_verdict(parts: st.DataObject, n: int, d: int, p: int) -> None:
    """Also where they overflow: never a panic, never without end; the exact flow may refuse them, and says what it expects."""
    extreme = st.floats(allow_nan=False, allow_infinity=False)

    def array(*shape: int) -> np.ndarray:
        return parts.draw(hnp.arrays(np.float64, shape, elements=extreme))

    data, network = rf.Dataset(array(n, d), array(n)), rf.Network(array(p, d), array(p))
    stop = rf.stop.steps(20)
    for method in (rf.flow, rf.gradient_descent):
        try:
            solution = method(data, network, stop=stop, record=OBSERVABLES)
        except rf.InputError as error:
            assert "expected 0 or at least 1e-150" in str(error)
            continue
        assert solution.complete and solution.verdict.kind != "interrupted"
        assert repr(solution) and repr(data) and repr(network) and solution._repr_html_()
    try:
        exact = rf.exact(data, network, stop=stop, record=OBSERVABLES, events=100)
    except rf.InputError as error:
        assert "of an exact flow: expected" in str(error)
    else:
        assert exact.complete and exact.verdict.kind != "interrupted"
