//! Other people's tables: read with the right numbers, or refused with the key that settles what is open.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod refusals;
mod which_columns;

use std::path::Path;

use reluflow_lab::arrays::{Account, DataFile, FileData, Unusable};

use refusals::assert_refused;

/// Reads bytes under a file name, with keys as in `[data]`.
fn read_bytes(name: &str, bytes: &[u8], keys: &str) -> Result<FileData, Unusable> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut file: DataFile = toml::from_str(keys).unwrap();
    file.path = Some(path);
    file.read()
}

fn read(text: &str, keys: &str) -> Result<FileData, Unusable> {
    read_bytes("d.csv", text.as_bytes(), keys)
}

#[track_caller]
fn assert_data(read: Result<FileData, Unusable>, inputs: &[f64], labels: &[f64]) -> Account {
    let data = read.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    assert_eq!(data.dataset.labels().to_vec(), labels);
    assert_eq!(data.dataset.inputs_flat(), inputs);
    data.account
}

#[test]
fn what_was_read_is_said() {
    let account = assert_data(
        read("x1,x2,x3,y\n3,4,0,1\n0,0.9,0,-1\n", ""),
        &[3.0, 4.0, 0.0, 0.0, 0.9, 0.0],
        &[1.0, -1.0],
    );
    assert_eq!(
        account.to_string(),
        "2 rows, 3 inputs x1 … x3, label y, no gaps, norms 0.90 … 5.0"
    );
    let account = assert_data(read("3,4,1\n0.5,2,-1\n", ""), &[3.0, 4.0, 0.5, 2.0], &[1.0, -1.0]);
    assert_eq!(
        account.to_string(),
        "2 rows, no line of names, inputs column 0, column 1, label column 2, no gaps, norms 2.1 … 5.0"
    );
}

#[test]
fn separators_marks_quotes_and_ends_of_lines_do_not_matter() {
    let (inputs, labels) = ([1.5, 2.0, -3.0, 4.25], [1.0, -1.0]);
    for text in [
        "a,b,y\n1.5,2,1\n-3,4.25,-1\n",
        "\u{feff}a,b,y\r\n1.5,2,1\r\n-3,4.25,-1\r\n",
        "\"a\",\"b, the second\",\"y\"\n\"1.5\",\"2\",\"1\"\n\"-3\",\"4.25\",\"-1\"\n",
        "a;b;y\n1.5;2;1\n-3;4.25;-1",
        "sep=;\r\na;b;y\r\n1.5;2;1\r\n-3;4.25;-1\r\n",
        "\u{feff}sep=\t\na\tb\ty\n1.5\t2\t1\n-3\t4.25\t-1\n",
        "a\tb\ty\n1.5\t2\t1\n\n-3\t4.25\t-1\n",
        "a|b|y\n1.5|2|1\n-3|4.25|-1\n",
        "  a   b  y\n 1.5   2  1\n  -3 4.25 -1\n",
        "a, b, y\n1.5, 2, 1\n-3, 4.25, -1\n   \n",
        "# by hand\n1.5,2,1\n-3,4.25,-1\n",
        "a,b,y\n1.5,2e0,+1\n-3,4.25,-1.0\n",
        "\"a\"\t\"b\"\t\"y\"\n\"1\"\t1.5\t2\t1\n\"2\"\t-3\t4.25\t-1\n", // R's write.table, one name short
    ] {
        assert_data(read(text, ""), &inputs, &labels);
    }
    let wide = |text: &str, to: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(to)
            .collect()
    };
    let text = "a\tb\ty\r\n1.5\t2\t1\r\n-3\t4.25\t-1\r\n";
    assert_data(
        read_bytes("d.txt", &wide(text, u16::to_le_bytes), ""),
        &inputs,
        &labels,
    );
    assert_data(
        read_bytes("d.txt", &wide(text, u16::to_be_bytes), ""),
        &inputs,
        &labels,
    );
    assert_refused(
        read_bytes("d.csv", b"gr\xf6\xdfe,y\n1,2\n", ""),
        "the byte 0xf6 in line 1",
        "UTF-8",
    );
}

#[test]
fn a_byte_order_mark_drops_no_row() {
    assert_data(
        read("\u{feff}1.5,2,1\n-3,4.25,-1\n", ""),
        &[1.5, 2.0, -3.0, 4.25],
        &[1.0, -1.0],
    );
}

#[test]
fn an_ambiguous_first_line_is_refused_with_the_key() {
    let gap = ",2,-1\n3,4,1\n5,6,-1\n";
    assert_refused(read(gap, ""), "a gap before numbers", "header = ");
    assert_data(
        read("3,4,1\n5,6,-1\n", "header = false"),
        &[3.0, 4.0, 5.0, 6.0],
        &[1.0, -1.0],
    );
    let counted = "0,1,2\n3.5,4.5,1\n5.5,6.5,-1\n";
    assert_refused(
        read(counted, ""),
        "as pandas calls columns without names",
        "header = ",
    );
    assert_data(
        read(counted, "header = true"),
        &[3.5, 4.5, 5.5, 6.5],
        &[1.0, -1.0],
    );
    assert_data(
        read(counted, "header = false"),
        &[0.0, 1.0, 3.5, 4.5, 5.5, 6.5],
        &[2.0, 1.0, -1.0],
    );
    let years = "2019,2020,2021\n3.5,4.5,1.5\n5.5,6.5,-1.5\n";
    assert_refused(
        read(years, ""),
        "whole numbers above numbers that are not",
        "header = ",
    );
    let counts = "150,4,setosa\n3.5,4.5,1\n5.5,6.5,-1\n";
    assert_refused(read(counts, ""), "both in it", "header = ");
    // Numbers beside a column of words: no names.
    let words = "5.1,1.5,setosa\n4.9,-1.5,setosa\n";
    assert_refused(
        read(words, ""),
        "`setosa` in line 1",
        "such as 1 and -1; drop = [\"column 2\"]",
    );
    assert_data(read(words, "drop = [\"column 2\"]"), &[5.1, 4.9], &[1.5, -1.5]);
}

#[test]
fn decimal_commas_are_refused_or_read_with_the_key() {
    for text in [
        "\"1,5\",\"-1,0\"\n\"2,5\",\"1,0\"\n",
        "1,5;-1,0\n2,5;1,0\n",
        "x\ty\n1,5\t-1,0\n2,5\t1,0\n",
    ] {
        assert_refused(read(text, ""), "`1,5` in line", "decimal = \",\"");
        assert_data(read(text, "decimal = \",\""), &[1.5, 2.5], &[-1.0, 1.0]);
    }
    assert_refused(read("x;y\n1.234,5;1\n2;3\n", ""), "`1.234,5` in line 2", "drop");
    assert_refused(read("x;y\n1,5;1\n", "decimal = \"'\""), "'", "");
}

#[test]
fn separators_that_do_equally_well_are_asked_for() {
    let words = "u|v,w|x\np|q,r|s\n";
    assert_refused(read(words, ""), "part equally well", "separator = ");
    let numbers = "1|2,3|4\n5|6,7|8\n";
    assert_refused(read(numbers, ""), "`2,3` in line 1", "decimal");
    assert_refused(read("a,b\n1,2\n3,4,5\n", ""), "3 in line 3", "separator");
    assert_data(
        read("1 ; 2\n3 ; 4\n", "separator = \";\""),
        &[1.0, 3.0],
        &[2.0, 4.0],
    );
    assert_refused(read("1,2\n", "separator = \"ab\""), "ab", "");
}

#[test]
fn gaps_and_words_are_named_by_place_and_column() {
    assert_refused(
        read("a,b,y\n1,2,1\n3,,-1\n", ""),
        "a gap in line 3",
        "drop = [\"b\"]",
    );
    assert_refused(
        read("a,b,y\n1,NA,1\n3,4,-1\n", ""),
        "a gap in line 2",
        "drop = [\"b\"]",
    );
    assert_data(
        read("a,b,y\n1,,1\n3,,-1\n", "drop = [\"b\"]"),
        &[1.0, 3.0],
        &[1.0, -1.0],
    );
    assert_refused(
        read("a,day,y\n1,2020-01-01,1\n3,2020-01-02,-1\n", ""),
        "`2020-01-01` in line 2",
        "drop",
    );
    assert_refused(read("a,y\n1,inf\n", ""), "inf in row 0", "");
    // A separator after the last field of every line, and a quoted end of line before the row.
    assert_data(read("1,2,\n3,4,\n", ""), &[1.0, 3.0], &[2.0, 4.0]);
    assert_refused(read("\"a\nname\",y\n\n1,2\nx,3\n", ""), "`x` in line 5", "drop");
    assert_data(read("a,y\nTrue,1\nFalse,-1\n", ""), &[1.0, 0.0], &[1.0, -1.0]);
}

#[test]
fn gzip_is_unpacked_and_a_cut_one_refused() {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(b"a,y\n1.5,1\n2.5,-1\n").unwrap();
    let bytes = packer.finish().unwrap();
    assert_data(read_bytes("d.csv.gz", &bytes, ""), &[1.5, 2.5], &[1.0, -1.0]);
    let cut = &bytes[..bytes.len() - 9];
    assert!(
        read_bytes("d.csv.gz", cut, "")
            .unwrap_err()
            .expected
            .contains("a whole gzip file")
    );
}

#[test]
fn keys_that_a_file_does_not_understand_are_refused() {
    let refused = |name: &str, keys: &str| read_bytes(name, b"", keys).unwrap_err();
    assert_eq!(refused("d.npz", "label = \"y\"").key, Some("label"));
    assert_eq!(refused("d.parquet", "header = true").key, Some("header"));
    assert!(refused("d.xlsx", "").expected.contains(".csv"));
}

#[test]
fn inputs_are_standardised_over_the_rows() {
    // Mean 3 and variance 8/3 of 1, 3, 5; far from 0 the same.
    let side = 2.0 / (8.0f64 / 3.0).sqrt();
    for shift in [0.0, 1e9] {
        let text = format!("a,y\n{},1\n{},-1\n{},1\n", 1.0 + shift, 3.0 + shift, 5.0 + shift);
        let data = read(&text, "standardize = true\nbias = true").unwrap();
        let expected = [-side, 1.0, 0.0, 1.0, side, 1.0];
        let inputs = data.dataset.inputs_flat();
        assert!(
            inputs.iter().zip(expected).all(|(x, e)| (x - e).abs() < 1e-15),
            "{inputs:?}"
        );
        assert!(
            data.account
                .to_string()
                .contains("inputs standardised, a last coordinate 1")
        );
    }
    let constant = "a,b,y\n1,7,1\n2,7,-1\n";
    assert_refused(
        read(constant, "standardize = true"),
        "column `b`, always 7",
        "drop = [\"b\"]",
    );
}

#[test]
fn a_bad_file_of_labels_is_blamed_on_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let header = |shape: &str| {
        let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    };
    let mut inputs = header("(1, 1)");
    inputs.extend(1.0f64.to_le_bytes());
    std::fs::write(folder.path().join("x.npy"), inputs).unwrap();
    for (labels, found) in [
        (b"no array".to_vec(), "no NumPy header"),
        (
            [header("(1,)"), f64::NAN.to_le_bytes().to_vec()].concat(),
            "NaN in row 0",
        ),
    ] {
        std::fs::write(folder.path().join("y.npy"), labels).unwrap();
        let text = "[sweep]\np = 2\n[data]\nlaw = \"file\"\ninputs = \"x.npy\"\nlabels = \"y.npy\"\n";
        let experiment =
            reluflow_lab::Experiment::from_text("test", "test", text, &[], Path::new(folder.path()));
        let message = experiment.unwrap_err().to_string();
        assert!(message.starts_with("test, line 6: "), "{message}");
        assert!(message.contains(found), "{message}");
    }
}

#[test]
fn names_in_single_quotes_are_names() {
    let account = read(
        "'OBS' 'GPA' 'GRADE'\n1 2.66 0\n2 2.89 0\n3 3.28 1\n4 2.92 0\n",
        "drop = [\"OBS\"]",
    )
    .unwrap()
    .account;
    assert_eq!(
        (account.inputs, account.label.as_str()),
        (vec!["GPA".to_owned()], "GRADE")
    );
    // A name that has one of its own keeps it.
    let account = read("it's,b'\n1.5,2\n3,4.5\n", "").unwrap().account;
    assert_eq!(account.inputs, ["it's"]);
}
