//! Holds the one table: every kind of column survives files and text, damaged files are refused, and those of the first version are read.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, Int16Array, LargeStringArray, UInt32Array};
use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use reluflow_lab::table::{
    Columns, RecordBatch, Unfit, all_numbers, booleans, decode, encode, if_there, integers, names, numbers,
    optional_numbers, read, texts, write, write_csv,
};

fn of_numbers(values: &[f64]) -> RecordBatch {
    Columns::of(values).numbers("x", |value| *value).table()
}

#[test]
fn every_kind_of_column_comes_back_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    let rows = [
        (1, 0.1, None, true, "a"),
        (-2, f64::INFINITY, Some(f64::MIN_POSITIVE), false, ""),
        (i64::MAX, -0.0, None, true, "é"),
    ];
    let table = Columns::of(&rows)
        .integers("n", |row| row.0)
        .numbers("x", |row| row.1)
        .optional_numbers("gap", |row| row.2)
        .booleans("yes", |row| row.3)
        .texts("init.law", |row| row.4)
        .table();
    write(&path, &table).unwrap();
    let found = read(&path).unwrap();
    assert_eq!(found, table);
    let bits = |table| numbers(table, "x").unwrap().into_iter().map(f64::to_bits);
    assert!(bits(&found).eq(bits(&table)));
}

/// More rows than are decoded at a time, or than the library puts into a row group by itself.
#[test]
fn a_long_table_is_one_table_of_one_row_group() {
    let values: Vec<f64> = (0..1_100_000u32).map(|k| f64::from(k / 1000)).collect();
    let bytes = encode(&of_numbers(&values)).unwrap();
    let file = SerializedFileReader::new(Bytes::from(bytes.clone())).unwrap();
    assert_eq!(file.num_row_groups(), 1);
    assert_eq!(numbers(&decode(bytes).unwrap(), "x").unwrap(), values);
}

#[test]
fn a_table_without_rows_keeps_its_columns() {
    let table = of_numbers(&[]);
    assert_eq!(decode(encode(&table).unwrap()).unwrap(), table);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = encode(&of_numbers(&[0.1; 100])).unwrap();
    for length in 0..whole.len() {
        assert!(
            decode(whole[..length].to_vec()).is_err(),
            "{length} bytes of {} were read",
            whole.len()
        );
    }
}

#[test]
fn a_dictionary_larger_than_its_bytes_is_refused() {
    let table = of_numbers(&[0.1, 0.2, 0.3]);
    let mut bytes = encode(&table).unwrap();
    // Field 7 of the page's header is the dictionary's, its field 1 the number of values: 3, doubled.
    let at = (bytes.windows(3).position(|bytes| bytes == [0x4c, 0x15, 0x06])).unwrap();
    assert_eq!(decode(bytes.clone()).unwrap(), table);
    bytes[at + 2] = 0x7e;
    let error = decode(bytes).unwrap_err().to_string();
    assert!(error.contains("a dictionary of 63 values"), "{error}");
}

#[test]
fn narrow_numbers_are_widened() {
    let table = RecordBatch::try_from_iter([
        ("i", Arc::new(Int16Array::from(vec![-3, 4])) as ArrayRef),
        ("u", Arc::new(UInt32Array::from(vec![u32::MAX, 0]))),
        ("x", Arc::new(Float32Array::from(vec![0.1, -0.0]))),
        ("s", Arc::new(LargeStringArray::from(vec!["é", ""]))),
    ])
    .unwrap();
    assert_eq!(integers(&table, "i").unwrap(), [-3, 4]);
    assert_eq!(integers(&table, "u").unwrap(), [4_294_967_295, 0]);
    assert_eq!(numbers(&table, "x").unwrap(), [f64::from(0.1f32), -0.0]);
    assert_eq!(texts(&table, "s").unwrap(), ["é", ""]);
    assert_eq!(all_numbers(&table, "i").unwrap(), [-3.0, 4.0]);
}

#[test]
fn what_cannot_be_read_is_said_with_its_column() {
    let table = RecordBatch::try_from_iter([(
        "x",
        Arc::new(Float32Array::from(vec![Some(1.0), None])) as ArrayRef,
    )])
    .unwrap();
    let said = |unfit: Unfit| unfit.to_string();
    assert_eq!(said(integers(&table, "y").unwrap_err()), "no column y");
    assert_eq!(if_there(integers(&table, "y")), Ok(None));
    assert_eq!(
        said(numbers(&table, "x").unwrap_err()),
        "column x has a gap in row 1 (from 0)"
    );
    let table = table.slice(0, 1);
    assert_eq!(numbers(&table, "x").unwrap(), [1.0]);
    assert_eq!(
        said(integers(&table, "x").unwrap_err()),
        "column x holds no whole numbers"
    );
    assert_eq!(said(texts(&table, "x").unwrap_err()), "column x holds no words");
    assert_eq!(
        said(booleans(&table, "x").unwrap_err()),
        "column x holds no yes or no"
    );
}

#[test]
fn every_kind_of_column_has_its_text() {
    let rows = [
        (1, -0.0, None, true, "a,\"b\""),
        (i64::MIN, f64::NAN, Some(1e300), false, "é"),
        (0, f64::NEG_INFINITY, Some(f64::NAN), false, ""),
    ];
    let table = Columns::of(&rows)
        .integers("n", |row| row.0)
        .numbers("x", |row| row.1)
        .optional_numbers("gap", |row| row.2)
        .booleans("yes", |row| row.3)
        .texts("word", |row| row.4)
        .table();
    let mut out = Vec::new();
    write_csv(&table, &mut out).unwrap();
    let expected = format!(
        "n,x,gap,yes,word\n1,-0,,true,\"a,\"\"b\"\"\"\n-9223372036854775808,,1{},false,é\n0,-inf,,false,\n",
        "0".repeat(300)
    );
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

fn of_first_version() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/earlier/0.1.parquet");
    std::fs::read(path).unwrap()
}

fn bits(values: impl IntoIterator<Item = f64>) -> Vec<u64> {
    values.into_iter().map(f64::to_bits).collect()
}

const NUMBERS: [f64; 5] = [0.1, f64::INFINITY, -0.0, f64::NAN, f64::NEG_INFINITY];
const GAPS: [Option<f64>; 5] = [None, Some(f64::MIN_POSITIVE), None, Some(f64::NAN), Some(-0.0)];

/// Every kind of column of that writer, with the values that are easily lost.
#[test]
fn a_file_of_the_first_version_is_read_bit_for_bit() {
    let table = decode(of_first_version()).unwrap();
    assert_eq!(
        names(&table),
        ["n", "x", "gap", "full", "empty", "yes", "init.law"]
    );
    assert_eq!(integers(&table, "n").unwrap(), [1, -2, i64::MAX, i64::MIN, 0]);
    assert_eq!(bits(numbers(&table, "x").unwrap()), bits(NUMBERS));
    let gaps = optional_numbers(&table, "gap").unwrap();
    let in_bits = |values: &[Option<f64>]| {
        values
            .iter()
            .map(|value| value.map(f64::to_bits))
            .collect::<Vec<_>>()
    };
    assert_eq!(in_bits(&gaps), in_bits(&GAPS));
    // One that may have gaps and has none is one of numbers.
    assert_eq!(numbers(&table, "full").unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(optional_numbers(&table, "empty").unwrap(), [None; 5]);
    assert_eq!(
        booleans(&table, "yes").unwrap(),
        [true, false, true, false, false]
    );
    assert_eq!(
        texts(&table, "init.law").unwrap(),
        ["a", "", "é", "a,\"b\"\n", "∞"]
    );
}

/// Files of this version have the columns of that one, type by type: other programs that read them notice nothing.
#[test]
fn files_have_the_types_of_the_first_version() {
    let table = Columns::of(&[0, 1, 2, 3, 4])
        .integers("n", |row| *row)
        .numbers("x", |row| NUMBERS[*row as usize])
        .optional_numbers("gap", |row| GAPS[*row as usize])
        .optional_numbers("full", |row| Some(*row as f64))
        .optional_numbers("empty", |_| None)
        .booleans("yes", |row| row % 2 == 0)
        .texts("init.law", |row| row.to_string())
        .table();
    let described = |bytes: Vec<u8>| {
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let file = reader.metadata().file_metadata();
        assert_eq!((reader.num_row_groups(), file.key_value_metadata()), (1, None));
        let columns = file.schema_descr().columns().iter();
        let columns = columns.map(|column| {
            let kind = (column.physical_type(), column.converted_type());
            (
                column.name().to_owned(),
                kind,
                column.self_type().get_basic_info().repetition(),
            )
        });
        (file.schema_descr().name().to_owned(), columns.collect::<Vec<_>>())
    };
    assert_eq!(described(encode(&table).unwrap()), described(of_first_version()));
}

/// Whatever bit is flipped, the file is refused in words or read with the rows that it has.
#[test]
fn a_flipped_bit_neither_ends_a_reader_nor_costs_rows() {
    let good = of_first_version();
    for bit in 0..8 * good.len() {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(table) = decode(bytes) {
            assert_eq!(table.num_rows(), 5, "bit {bit}");
        }
    }
}
