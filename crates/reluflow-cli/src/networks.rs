//! Writes the networks that a run kept as a table, and lists the plateaus between which neurons grew.

use std::io::{self, Write};
use std::path::Path;

use reluflow::Solution;
use reluflow::observe::{Snapshot, plateaus};
use reluflow_lab::Error;
use reluflow_lab::table::{Columns, RecordBatch};

use crate::file;

/// The share by which the loss of a plateau may change.
const CHANGE: f64 = 0.05;
/// How much log t must grow over a plateau.
const LENGTH: f64 = 0.25;
/// Neurons that are named one by one.
const NAMED: usize = 12;

/// A line for each time and neuron: time, loss, neuron, a, w_1 … w_d.
fn table(path: &[Snapshot]) -> RecordBatch {
    let (p, d) = path.first().map_or((0, 0), |first| {
        (first.network.neurons(), first.network.dimension())
    });
    let rows: Vec<(&Snapshot, usize)> = path.iter().flat_map(|at| (0..p).map(move |j| (at, j))).collect();
    let mut table = Columns::of(&rows);
    table
        .numbers("time", |(at, _)| at.time)
        .numbers("loss", |(at, _)| at.loss)
        .integers("neuron", |(_, j)| *j as i64)
        .numbers("a", |(at, j)| at.network.output_weights()[*j]);
    for k in 0..d {
        let name = format!("w_{}", k + 1);
        table.numbers(name, |(at, j)| at.network.hidden_weights()[(*j, k)]);
    }
    table.table()
}

/// Writes the networks to a `.parquet`, or as comma-separated values.
pub(crate) fn save(path: &Path, networks: &[Snapshot]) -> Result<(), Error> {
    file::save(path, &table(networks))
}

/// Lists the plateaus of a solution that kept its networks.
pub(crate) fn print_plateaus(out: &mut impl Write, solution: &Solution) -> io::Result<()> {
    let found = plateaus(&solution.trajectory, &solution.path, CHANGE, LENGTH);
    if found.is_empty() {
        let percent = 100.0 * CHANGE;
        return writeln!(
            out,
            "no plateau: the loss never kept its value to {percent} % while time grew by 28 %"
        );
    }
    writeln!(
        out,
        "{:>13}  {:>13}  {:>13}  neurons that grew before it",
        "from", "to", "loss"
    )?;
    for plateau in found {
        let shown = plateau.grown.iter().take(NAMED).map(usize::to_string);
        let mut names: Vec<String> = shown.collect();
        if plateau.grown.len() > NAMED {
            names.push(format!("and {} more", plateau.grown.len() - NAMED));
        }
        let names = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(" ")
        };
        writeln!(
            out,
            "{:>13.5e}  {:>13.5e}  {:>13.5e}  {names}",
            plateau.start, plateau.end, plateau.loss
        )?;
    }
    Ok(())
}
