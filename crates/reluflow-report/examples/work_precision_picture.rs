//! Draws the table of `cargo run --release -p reluflow --example work_precision -- --csv FILE`:
//!
//! `cargo run --release -p reluflow-report --example work_precision_picture -- FILE PICTURE.svg`
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use reluflow_plot::{Axis, Chart, Dash, Entry, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::Estimate;

/// The families of methods, by how their names begin.
const FAMILIES: [(&str, &[&str]); 4] = [
    ("order 1 (the default)", &["flow", "order 1"]),
    ("order 2", &["order 2"]),
    ("general pairs, same control", &["Bogacki", "Tsitouras"]),
    ("gradient descent", &["gradient descent"]),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let table = std::fs::read_to_string(&arguments[0]).unwrap();
    let mut panels = Vec::new();
    for (problem, title) in [
        ("A", "A: (*d*, *p*, *n*) = (20, 30, 160)"),
        ("B", "B: (20, 30, 450)"),
        ("D", "D: (100, 37, 1650)"),
        ("E", "E: (30, 400, 1000)"),
    ] {
        let mut panel = Panel {
            title: title.to_owned(),
            x: Axis::log("evaluations a draw"),
            y: Axis::linear("KS distance").over(0.0, 1.05),
            ..Panel::default()
        };
        for (k, (_, names)) in FAMILIES.iter().enumerate() {
            let points = table
                .lines()
                .filter_map(|line| line.strip_prefix(&format!("{problem},\"")))
                .filter_map(|line| line.split_once("\","))
                .filter(|(name, _)| names.iter().any(|start| name.starts_with(start)))
                .map(|(_, rest)| {
                    rest.split(',')
                        .map(|cell| cell.parse().unwrap_or(f64::NAN))
                        .collect()
                })
                .map(|cells: Vec<f64>| {
                    let value = cells[cells.len() - 2];
                    (
                        cells[0],
                        Estimate {
                            value,
                            low: value,
                            high: value,
                        },
                    )
                })
                .collect();
            let (ink, marker) = (Ink::Series(k), Marker::nth(k));
            panel.layers.push(Layer::Points { points, ink, marker });
        }
        panels.push(panel);
    }
    let legend = FAMILIES
        .iter()
        .enumerate()
        .map(|(k, (name, _))| Entry::new(name, Ink::Series(k), Some(Marker::nth(k)), None::<Dash>))
        .collect();
    let chart = Chart {
        description: "Kolmogorov–Smirnov distance of hitting times from the reference's, against evaluations"
            .to_owned(),
        panels,
        legend,
        columns: 2,
        width: PAGE,
        panel_height: 110.0,
    };
    std::fs::write(&arguments[1], chart.draw().svg()).unwrap();
    if let Some(png) = arguments.get(2) {
        std::fs::write(png, chart.draw().png(3.0)).unwrap();
    }
    println!("written: {}", arguments[1]);
}
