//! Parquet files of other programs: types, gaps, codecs, pandas' index.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod refusals;

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Decimal256Type, Float32Type, Int8Type};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, DictionaryArray,
    DurationSecondArray, Float16Array, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array,
    Int64Array, ListArray, RecordBatch, StringArray, Time64MicrosecondArray, TimestampMillisecondArray,
    UInt8Array, UInt32Array, UInt64Array,
};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use reluflow_lab::arrays::{DataFile, FileData, Unusable};

use refusals::assert_refused;

/// Writes named columns as a Parquet file, with rows in groups of two, and reads it with keys as in `[data]`.
fn read_as(
    codec: Compression,
    pandas: Option<&str>,
    columns: &[(&str, ArrayRef)],
    keys: &str,
) -> Result<FileData, Unusable> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.parquet");
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
        .collect();
    let metadata: std::collections::HashMap<String, String> = pandas
        .map(|text| ("pandas".to_owned(), text.to_owned()))
        .into_iter()
        .collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    let arrays = columns.iter().map(|(_, array)| array.clone()).collect();
    let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(codec)
        .set_max_row_group_row_count(Some(2))
        .build();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), schema, Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut file: DataFile = toml::from_str(keys).unwrap();
    file.path = Some(path);
    file.read()
}

fn read(columns: &[(&str, ArrayRef)], keys: &str) -> Result<FileData, Unusable> {
    read_as(Compression::UNCOMPRESSED, None, columns, keys)
}

fn labels() -> (&'static str, ArrayRef) {
    ("y", Arc::new(Float64Array::from(vec![1.0, -1.0, 2.0])))
}

#[test]
fn numbers_of_every_type_are_what_they_mean() {
    let half = |v: f32| half::f16::from_f32(v);
    // 1234567890.12345678901234567890, rounded once.
    let wide =
        <Decimal256Type as ArrowPrimitiveType>::Native::from_i128(123_456_789_012_345_678_901_234_567_890);
    let cases: Vec<(ArrayRef, [f64; 3])> = vec![
        (
            Arc::new(Int8Array::from(vec![-128, 0, 127])),
            [-128.0, 0.0, 127.0],
        ),
        (
            Arc::new(Int16Array::from(vec![-32768, 0, 7])),
            [-32768.0, 0.0, 7.0],
        ),
        (
            Arc::new(Int32Array::from(vec![i32::MIN, 0, 7])),
            [-2_147_483_648.0, 0.0, 7.0],
        ),
        (
            Arc::new(Int64Array::from(vec![1 << 53, -3, 7])),
            [9_007_199_254_740_992.0, -3.0, 7.0],
        ),
        (Arc::new(UInt8Array::from(vec![255, 0, 7])), [255.0, 0.0, 7.0]),
        (
            Arc::new(UInt32Array::from(vec![3_000_000_000, u32::MAX, 0])),
            [3e9, 4_294_967_295.0, 0.0],
        ),
        (
            Arc::new(UInt64Array::from(vec![1 << 63, 0, 5])),
            [9_223_372_036_854_775_808.0, 0.0, 5.0],
        ),
        (
            Arc::new(Float16Array::from(vec![half(0.5), half(-2.0), half(1e-7)])),
            [0.5, -2.0, f64::from(half(1e-7))],
        ),
        (
            Arc::new(Float32Array::from(vec![0.1, -2.5, 3e38])),
            [f64::from(0.1f32), -2.5, f64::from(3e38f32)],
        ),
        (
            Arc::new(BooleanArray::from(vec![true, false, true])),
            [1.0, 0.0, 1.0],
        ),
        (
            Arc::new(
                Decimal128Array::from(vec![1234, -5, 10])
                    .with_precision_and_scale(6, 2)
                    .unwrap(),
            ),
            [12.34, -0.05, 0.1],
        ),
        (
            Arc::new(
                Decimal128Array::from(vec![1, -2, 3])
                    .with_precision_and_scale(20, 0)
                    .unwrap(),
            ),
            [1.0, -2.0, 3.0],
        ),
        (
            Arc::new(
                Decimal256Array::from(vec![wide, wide, wide])
                    .with_precision_and_scale(60, 20)
                    .unwrap(),
            ),
            [1_234_567_890.123_456_7; 3],
        ),
        (
            Arc::new(DictionaryArray::<Int8Type>::new(
                Int8Array::from(vec![1, 0, 1]),
                Arc::new(Float32Array::from(vec![0.25, -4.0])),
            )),
            [-4.0, 0.25, -4.0],
        ),
    ];
    for (array, expected) in cases {
        let kind = array.data_type().clone();
        let data =
            read(&[("x", array), labels()], "").unwrap_or_else(|refusal| panic!("{kind}: {refusal:?}"));
        assert_eq!(data.dataset.inputs_flat(), expected, "{kind}");
        assert_eq!(data.dataset.labels().to_vec(), [1.0, -1.0, 2.0], "{kind}");
    }
}

#[test]
fn gaps_are_named_by_row_and_column_and_shift_nothing() {
    let x: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None, Some(3)]));
    let y: ArrayRef = Arc::new(Int32Array::from(vec![None, Some(-1), Some(2)]));
    assert_refused(
        read(&[("x", x.clone()), labels()], ""),
        "a gap in row 1 (from 0)",
        "drop = [\"x\"]",
    );
    assert_refused(
        read(&[("x", labels().1), ("y", y.clone())], ""),
        "a gap in row 0 (from 0)",
        "drop = [\"y\"]",
    );
    // In a later group of rows, as NaN, in a dictionary and in a column that is left out.
    let late: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), Some(2.0), None]));
    assert_refused(read(&[("x", late), labels()], ""), "row 2", "drop");
    let nan: ArrayRef = Arc::new(Float32Array::from(vec![1.0, 2.0, f32::NAN]));
    assert_refused(read(&[("x", nan), labels()], ""), "row 2", "drop");
    let keys = Int8Array::from(vec![Some(0), None, Some(0)]);
    let dictionary = DictionaryArray::<Int8Type>::new(keys, Arc::new(Float64Array::from(vec![5.0])));
    assert_refused(
        read(&[("x", Arc::new(dictionary)), labels()], ""),
        "row 1",
        "drop",
    );
    let data = read(&[("gap", x), ("x", labels().1), labels()], "drop = [\"gap\"]").unwrap();
    assert_eq!(data.dataset.inputs_flat(), [1.0, -1.0, 2.0]);
}

#[test]
fn what_is_no_number_is_refused_by_name_and_kind() {
    let cases: Vec<(ArrayRef, &str)> = vec![
        (Arc::new(Date32Array::from(vec![20785, 0, 1])), "dates"),
        (
            Arc::new(TimestampMillisecondArray::from(vec![1, 2, 3])),
            "dates with times",
        ),
        (
            Arc::new(Time64MicrosecondArray::from(vec![1, 2, 3])),
            "times of day",
        ),
        (
            Arc::new(DurationSecondArray::from(vec![1, 2, 3])),
            "lengths of time",
        ),
        (Arc::new(StringArray::from(vec!["1", "2", "3"])), "text"),
        (
            Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(vec![
                Some(vec![Some(1.0)]),
                Some(vec![]),
                None,
            ])),
            "lists",
        ),
        (
            Arc::new(DictionaryArray::<Int8Type>::new(
                Int8Array::from(vec![0, 0, 0]),
                Arc::new(StringArray::from(vec!["setosa"])),
            )),
            "text",
        ),
    ];
    for (array, kind) in cases {
        let columns = [("odd", array), ("x", labels().1), labels()];
        assert_refused(read(&columns, ""), kind, "drop = [\"odd\"]");
        let data = read(&columns, "drop = [\"odd\"]").unwrap();
        assert_eq!(data.dataset.dimension(), 1, "{kind}");
    }
}

#[test]
fn the_index_of_pandas_is_left_out() {
    let index: ArrayRef = Arc::new(Int64Array::from(vec![5, 7, 9]));
    let x = || ("x", labels().1);
    let data = read(&[x(), labels(), ("__index_level_0__", index.clone())], "").unwrap();
    assert_eq!(data.dataset.labels().to_vec(), [1.0, -1.0, 2.0]);
    assert_eq!(data.account.left_out, ["`__index_level_0__` (pandas' index)"]);
    // An index with a name of its own stands in pandas' note only.
    let note = r#"{"index_columns": ["id"], "columns": []}"#;
    let columns = [x(), labels(), ("id", index.clone())];
    let data = read_as(Compression::SNAPPY, Some(note), &columns, "").unwrap();
    assert_eq!((data.dataset.dimension(), data.account.label.as_str()), (1, "y"));
    let ranges = r#"{"index_columns": [{"kind": "range", "start": 0}]}"#;
    let data = read_as(Compression::SNAPPY, Some(ranges), &[("id", index), labels()], "").unwrap();
    assert_eq!(data.dataset.inputs_flat(), [5.0, 7.0, 9.0]);
}

#[test]
fn every_usual_codec_is_read() {
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ] {
        let data = read_as(codec, None, &[("x", labels().1), labels()], "").unwrap();
        assert_eq!(data.dataset.inputs_flat(), [1.0, -1.0, 2.0], "{codec:?}");
    }
}

/// Files that pandas and pyarrow wrote, kept for the fuzzers: a byte for the format, then the file.
#[test]
fn files_of_pandas_and_pyarrow_are_read() {
    let seed = |name: &str, keys: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/arrays");
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("d.parquet");
        std::fs::write(&path, &bytes[1..]).unwrap();
        let mut file: DataFile = toml::from_str(keys).unwrap();
        file.path = Some(path);
        file.read()
    };
    let data = seed("pandas_index", "").unwrap();
    assert_eq!(data.dataset.inputs_flat(), [1.0, 2.0, 3.0]);
    assert_eq!(data.account.label, "y");
    for codec in ["zstd", "gzip", "lz4"] {
        let name = format!("types_{codec}");
        assert_refused(
            seed(&name, "drop = [\"d\", \"s\"]"),
            "a gap in row 1",
            "drop = [\"i\"]",
        );
        assert_refused(seed(&name, "drop = [\"i\", \"s\"]"), "dates", "drop = [\"d\"]");
        let data = seed(&name, "drop = [\"i\", \"d\", \"s\"]").unwrap();
        let rows = [1.0, 0.5, 12.34, 1.0, 2.0, 1.0, 12.34, 2.0, 3.0, 2.0, 12.34, 1.0];
        assert_eq!(data.dataset.inputs_flat(), rows, "{codec}");
    }
}
