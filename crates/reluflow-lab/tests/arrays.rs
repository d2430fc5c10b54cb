//! Checks that the user's own arrays reach the trials as they are.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::io::Write;
use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::table::{Columns, write};
use reluflow_lab::{Experiment, trial};

/// An `.npy` file of f64 in row-major order.
fn npy(shape: &str, values: &[f64]) -> Vec<u8> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

fn npz(path: &Path, members: &[(&str, Vec<u8>)]) {
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(format!("{name}.npy"), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

const INPUTS: [f64; 6] = [1.0, 0.5, -2.0, 0.25, 0.0, 3.0];
const LABELS: [f64; 3] = [1.0, -1.5, 2.0];

fn experiment(base: &Path, sections: &str) -> reluflow_lab::Result<Experiment> {
    Experiment::from_text("test", "test", &format!("[sweep]\n{sections}"), &[], base)
}

#[test]
fn every_format_gives_the_same_data() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    npz(
        &at("d.npz"),
        &[("x", npy("(3, 2)", &INPUTS)), ("y", npy("(3,)", &LABELS))],
    );
    std::fs::write(at("x.npy"), npy("(3, 2)", &INPUTS)).unwrap();
    std::fs::write(at("y.npy"), npy("(3,)", &LABELS)).unwrap();
    std::fs::write(at("d.csv"), "u,label,v\n1,1,0.5\n-2,-1.5,0.25\n0,2,3\n").unwrap();
    let table = Columns::of(&[0, 1, 2])
        .numbers("u", |row| INPUTS[2 * row])
        .numbers("v", |row| INPUTS[2 * row + 1])
        .numbers("y", |row| LABELS[*row])
        .table();
    write(&at("d.parquet"), &table).unwrap();
    for keys in [
        "path = \"d.npz\"",
        "inputs = \"x.npy\"\nlabels = \"y.npy\"",
        "path = \"d.csv\"\nlabel_column = \"label\"",
        "path = \"d.parquet\"",
    ] {
        let sections = format!("p = 4\n[data]\nlaw = \"file\"\n{keys}\n");
        let experiment = experiment(folder.path(), &sections).unwrap_or_else(|error| panic!("{error}"));
        let cell = &experiment.cells[0];
        assert_eq!((cell.n, cell.d), (3, 2));
        let (data, _) = trial::draw(&experiment, cell, 0).unwrap();
        assert_eq!(data.inputs_flat(), INPUTS, "{keys}");
        assert_eq!(data.labels().to_vec(), LABELS, "{keys}");
    }
}

#[test]
fn fewer_examples_are_drawn_without_replacement() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (1..=9).map(|k| format!("{k},{}\n", 10 * k)).collect();
    std::fs::write(folder.path().join("d.csv"), rows).unwrap();
    let sections = "n = 4\np = 2\n[data]\nlaw = \"file\"\npath = \"d.csv\"\n";
    let experiment = experiment(folder.path(), sections).unwrap();
    let labels = |draw| {
        let (data, _) = trial::draw(&experiment, &experiment.cells[0], draw).unwrap();
        assert!(
            data.inputs_flat()
                .iter()
                .zip(data.labels())
                .all(|(x, y)| 10.0 * x == *y)
        );
        let mut labels: Vec<i64> = data.labels().iter().map(|y| *y as i64).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), 4);
        labels
    };
    assert_eq!(labels(0), labels(0));
    assert!((1..5).any(|draw| labels(draw) != labels(0)));
}

#[test]
fn a_network_of_the_user_starts_where_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let hidden = npy("(2, 3)", &[1.0, 0.0, 0.0, 0.0, -1.0, 0.5]);
    npz(
        &folder.path().join("n.npz"),
        &[("w", hidden), ("a", npy("(2,)", &[2.0, -2.0]))],
    );
    let sections = "n = 3\n[init]\nlaw = \"file\"\npath = \"n.npz\"\n[stop]\nsteps = 1\n";
    let experiment = experiment(folder.path(), sections).unwrap_or_else(|error| panic!("{error}"));
    let cell = &experiment.cells[0];
    assert_eq!((cell.d, cell.p), (3, 2));
    let (_, network) = trial::draw(&experiment, cell, 1).unwrap();
    assert_eq!(network.output_weights().to_vec(), [2.0, -2.0]);
    assert!(
        trial::run(&experiment, 0, 0, &Interrupt::default())
            .unwrap()
            .is_some()
    );
}

#[test]
fn the_bytes_of_a_file_make_the_experiment_not_its_place() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let digest = |base: &Path, text: &str| {
        std::fs::write(base.join("d.csv"), text).unwrap();
        let sections = "p = 2\n[data]\nlaw = \"file\"\npath = \"d.csv\"\n";
        experiment(base, sections).unwrap().digest()
    };
    assert_eq!(digest(one.path(), "1,2\n3,4\n"), digest(two.path(), "1,2\n3,4\n"));
    assert_ne!(digest(one.path(), "1,2\n3,4\n"), digest(two.path(), "1,2\n3,5\n"));
}

#[test]
fn wrong_shapes_say_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.npz");
    let message = |members: &[(&str, Vec<u8>)]| {
        npz(&path, members);
        let sections = "p = 2\n[data]\nlaw = \"file\"\npath = \"d.npz\"\n";
        experiment(folder.path(), sections).unwrap_err().to_string()
    };
    let x = || ("x", npy("(3, 2)", &INPUTS));
    let text = message(&[x(), ("y", npy("(2,)", &LABELS[..2]))]);
    assert!(text.starts_with("test, line 5: [data] "), "{text}");
    assert!(text.contains("expected: labels of shape (3, 1)\n"), "{text}");
    assert!(text.ends_with("found: shape (2, 1)"), "{text}");
    let text = message(&[("x", npy("(6,)", &INPUTS)), ("y", npy("(3,)", &LABELS))]);
    assert!(text.contains("expected: x to have two dimensions\n"), "{text}");
    let text = message(&[x(), ("labels", npy("(3,)", &LABELS))]);
    assert!(
        text.contains("found: no array `y` among x.npy, labels.npy"),
        "{text}"
    );
    let broken = [1.0, f64::NAN, 2.0];
    let text = message(&[x(), ("y", npy("(3,)", &broken))]);
    assert!(text.contains("expected: finite labels\n"), "{text}");
    assert!(text.ends_with("found: NaN in row 1 (from 0)"), "{text}");
}
