"""Tables of pandas, polars and Arrow: columns by name, by the rules of files; what is not a number is refused by row and column."""

from __future__ import annotations

import decimal
import pathlib
import pickle
import subprocess
import sys
from typing import Any, Callable

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import reluflow as rf

COLUMNS = {"a": [1.5, -2.0, 3.0], "b": [1, 0, -7], "y": [1.0, -1.0, 2.0]}
INPUTS = np.array([[1.5, 1], [-2, 0], [3, -7]])

MAKERS: list[Callable[[dict[str, Any]], Any]] = [
    pd.DataFrame,
    pl.DataFrame,
    pa.table,
    lambda columns: pa.RecordBatchReader.from_batches(pa.table(columns).schema, pa.table(columns).to_batches(max_chunksize=2)),
    lambda columns: rf.Table({name: np.asarray(values) for name, values in columns.items()}),
]


@pytest.mark.parametrize("make", MAKERS)
def test_columns_are_taken_by_name(make: Callable[[dict[str, Any]], Any]) -> None:
    data = rf.Dataset(make(COLUMNS))
    assert np.array_equal(data.x, INPUTS) and data.y.tolist() == COLUMNS["y"]
    assert data.account == "3 rows, inputs a, b, label y, no gaps, norms 1.8 … 7.6"
    chosen = rf.Dataset.read(make(COLUMNS), label="a", inputs=["y", "b"])
    assert np.array_equal(chosen.x, np.array([COLUMNS["y"], COLUMNS["b"]]).T) and chosen.y.tolist() == COLUMNS["a"]
    one = rf.Dataset(make(COLUMNS), drop=["b"])
    assert one.d == 1 and "left out: `b` (drop)" in one.account
    biased = rf.Dataset(make(COLUMNS), standardize=True, bias=True)
    expected = (INPUTS - INPUTS.mean(axis=0)) / INPUTS.std(axis=0)
    assert np.allclose(biased.x[:, :2], expected, rtol=0, atol=4 * np.finfo(float).eps * 3)
    assert (biased.x[:, 2] == 1).all()


def test_a_frame_is_what_its_file_is(tmp_path: pathlib.Path) -> None:
    frame = pd.DataFrame({"y": [1, -1, 1], "k": pd.array([7, 8, 9], dtype="Int64"), "f": np.array([0.5, 2, -1], dtype="f2")})
    frame.index = pd.Index(["r", "s", "t"])
    frame.to_parquet(tmp_path / "f.parquet")
    frame.to_csv(tmp_path / "f.csv")
    direct = rf.Dataset(frame, label="y")
    assert direct.y.tolist() == [1, -1, 1] and "left out: `index` (the frame's index)" in direct.account
    for name in ("f.parquet", "f.csv"):
        assert rf.Dataset.read(tmp_path / name, label="y") == direct
        assert rf.Dataset(str(tmp_path / name), label="y") == direct


def test_every_type_holds_its_numbers() -> None:
    columns = {
        "u64": pa.array([2**63, 1], pa.uint64()),
        "i8": pa.array([-128, 127], pa.int8()),
        "f2": pa.array(np.array([0.1, -3], dtype="f2")),
        "money": pa.array([decimal.Decimal("12.34"), decimal.Decimal("-0.01")], pa.decimal128(5, 2)),
        "coded": pa.array([2.5, -4.0]).dictionary_encode(),
        "yes": pa.array([True, False]),
        "y": pa.array([1.0, -1.0]),
    }
    expected = [[2.0**63, -128, float(np.float16(0.1)), 12.34, 2.5, 1], [1, 127, -3, -0.01, -4, 0]]
    assert rf.Dataset(pa.table(columns)).x.tolist() == expected
    assert rf.Dataset(pl.from_arrow(pa.table({name: values for name, values in columns.items() if name != "f2"}))).x[0, 2] == 12.34
    frame = pd.DataFrame(
        {
            "u64": np.array([2**63, 1], dtype="u8"),
            "money": [decimal.Decimal("12.34"), decimal.Decimal("-0.01")],
            "coded": pd.Categorical([2.5, -4.0]),
            "yes": [True, False],
            "big": np.array([1.5, -2], dtype=">f4"),
            "y": [1.0, -1.0],
        }
    )
    assert rf.Dataset(frame).x.tolist() == [[2.0**63, 12.34, 2.5, 1, 1.5], [1, -0.01, -4, 0, -2]]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_gaps_and_words_are_named_by_row_and_column(make: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(rf.InputError, match=r"a number in every row of column `a`, found a gap in row 1 \(from 0\).*drop = \[\"a\"\]"):
        rf.Dataset(make({"a": [1.0, None, 3.0], "y": [1, 2, 3]}))
    with pytest.raises(rf.InputError, match=r"column `y`, found a gap in row 2"):
        rf.Dataset(make({"a": [1.0, 2.0, 3.0], "y": [1, 2, None]}))
    with pytest.raises(rf.InputError, match=r"numbers in column `kind`, found `red` in row 0 \(from 0\)"):
        rf.Dataset(make({"kind": ["red", "blue"], "a": [1, 2], "y": [1, 2]}))
    # What is left out may hold anything.
    assert rf.Dataset(make({"kind": ["red", None], "a": [1, 2], "y": [1, 2]}), drop=["kind"]).d == 1


def test_other_things_in_columns_are_refused_by_kind() -> None:
    frame = pd.DataFrame({"when": pd.date_range("2020", periods=2), "y": [1, 2]})
    for table in (frame, pl.DataFrame({"when": frame["when"].dt.to_pydatetime().tolist(), "y": [1, 2]})):
        with pytest.raises(rf.InputError, match="numbers in column `when`, found dates with times"):
            rf.Dataset(table)
    with pytest.raises(rf.InputError, match="numbers in column `z`, found complex numbers"):
        rf.Dataset(pd.DataFrame({"z": [1j, 2], "y": [1, 2]}))
    with pytest.raises(rf.InputError, match="found lists"):
        rf.Dataset(pa.table({"l": [[1], [2, 3]], "y": [1, 2]}))
    mixed = pd.DataFrame({"a": [1, "two", 3.0], "y": [1, 2, 3]})
    with pytest.raises(rf.InputError, match=r"`two` in row 1 \(from 0\)"):
        rf.Dataset(mixed)
    with pytest.raises(rf.InputError, match="a gap in row 0"):
        rf.Dataset(pd.DataFrame({"a": pd.Categorical([None, 2.5]), "y": [1, 2]}))


def test_what_is_ambiguous_is_refused_with_the_key() -> None:
    two = pd.DataFrame({"y": [1, 2], "a": [3, 5], "target": [4, 4]})
    with pytest.raises(rf.InputError, match='name it: label = "y"'):
        rf.Dataset(two)
    assert rf.Dataset(two, label="target").d == 2
    counted = pd.DataFrame({"a": [3.0, 5.0, 4.0, 1.0], "y": [1, 2, 5, 0]}).reset_index()
    with pytest.raises(rf.InputError, match=r"column `index`, which counts the rows; drop = \[\"index\"\]"):
        rf.Dataset(counted)
    assert rf.Dataset(counted, inputs=["index", "a"]).d == 2
    again = pd.DataFrame({"Unnamed: 0": [0, 1], "a": [3.0, 5.0], "y": [1, 2]})
    assert rf.Dataset(again).d == 1
    with pytest.raises(rf.InputError, match="did you mean `target`"):
        rf.Dataset(two, label="tagret")
    with pytest.raises(rf.InputError, match="one column `a`, found 2 of them"):
        rf.Dataset(pd.DataFrame([[1, 2, 3]], columns=["a", "a", "y"]), inputs=["a"])
    numbered = rf.Dataset(pd.DataFrame([[1, 2, 3], [4, 5, 7]]), label=0)
    assert numbered.y.tolist() == [1, 4]


def test_what_is_no_table_is_refused_in_words() -> None:
    with pytest.raises(rf.InputError, match="labels, because the inputs are no table"):
        rf.Dataset([[1.0], [2.0]])
    with pytest.raises(rf.InputError, match="columns of a table, without y"):
        rf.Dataset([[1.0]], [1.0], label="y")
    with pytest.raises(rf.InputTypeError, match=r"collect\(\) it first"):
        rf.Dataset.read(pl.DataFrame(COLUMNS).lazy())
    with pytest.raises(rf.InputTypeError, match="make it a table first"):
        rf.Dataset.read(COLUMNS)
    with pytest.raises(rf.InputTypeError, match=r"a list of names, such as drop=\[\"a\", \"b\"\]"):
        rf.Dataset(pd.DataFrame(COLUMNS), drop="a")
    with pytest.raises(rf.InputError, match="no_such.csv"):
        rf.Dataset.read(pathlib.Path("no_such.csv"))
    with pytest.raises(rf.InputError, match="at least one column of inputs"):
        rf.Dataset(pd.DataFrame({"y": [1, 2]}))
    with pytest.raises(rf.InputError, match="for the key header"):
        rf.Dataset.read(pd.DataFrame(COLUMNS), header=True)


def test_keys_of_texts(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "german.txt"
    path.write_text("1,5;2;1\n-0,5;3;-1\n", encoding="utf-8")
    data = rf.Dataset.read(path, header=False, separator=";", decimal=",")
    assert data.x.tolist() == [[1.5, 2], [-0.5, 3]] and data.y.tolist() == [1, -1]
    assert "no line of names" in data.account


def test_an_account_survives_pickles() -> None:
    data = rf.Dataset(pd.DataFrame(COLUMNS))
    again = pickle.loads(pickle.dumps(data))
    assert again == data and again.account == data.account
    assert rf.Dataset([[1.0]], [1.0]).account == ""


def test_pandas_needs_no_pyarrow() -> None:
    code = """
import sys
sys.modules["pyarrow"] = None
import pandas, reluflow
data = reluflow.Dataset(pandas.DataFrame({"a": [1.0, 2.0], "y": [1, -1]}))
assert data.y.tolist() == [1, -1]
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def test_a_path_in_an_experiment_is_one(tmp_path: pathlib.Path) -> None:
    pq.write_table(pa.table(COLUMNS), tmp_path / "d.parquet")
    for path in (tmp_path / "d.parquet", str(tmp_path / "d.parquet")):
        section = {"law": "file", "path": path, "label": "y"}
        experiment = rf.Experiment({"sweep": {"p": 3}, "data": section})
        assert experiment.problem()[0] == rf.Dataset(pd.DataFrame(COLUMNS))
        assert rf.Experiment({"sweep": {"d": 2, "n": 3, "p": 3}}).with_(data=section).cells()["n"].tolist() == [3]


def test_a_codec_that_is_not_read_is_named(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "d.parquet"
    pq.write_table(pa.table(COLUMNS), path, compression="brotli")
    source = {"sweep": {"p": 2, "draws": 1}, "data": {"law": "file", "path": path}}
    with pytest.raises(rf.InputError, match="pages compressed by brotli"):
        rf.Experiment(source)


def test_labels_spread_over_columns_are_asked_about() -> None:
    for first, second in [("y1", "y2"), ("class_0", "class_1"), ("label_0", "label_1")]:
        frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 5.0], first: [0, 1], second: [1, 0]})
        with pytest.raises(rf.InputError, match=f"`{first}`, `{second}`.*label = \"{first}\""):
            rf.Dataset(frame)
        assert rf.Dataset(frame, label=first, drop=[second]).d == 2
