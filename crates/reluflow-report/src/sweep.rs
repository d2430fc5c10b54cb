//! Finds out along which axes a run sweeps, and collects its draws along them.

use std::collections::BTreeSet;

use reluflow_lab::experiment::{Axis, AxisValue, Cell};
use reluflow_lab::{Experiment, Trial};

/// A cell with its draws.
#[derive(Debug, Clone)]
pub struct Filled<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Its trials, by draw.
    pub trials: Vec<&'a Trial>,
}

impl Filled<'_> {
    /// How many converged.
    pub fn converged(&self) -> u64 {
        self.trials.iter().filter(|trial| trial.converged).count() as u64
    }
}

/// The cells that have draws.
pub fn filled<'a>(experiment: &'a Experiment, trials: &'a [Trial]) -> Vec<Filled<'a>> {
    let mut cells: Vec<Filled<'a>> = experiment
        .cells
        .iter()
        .map(|cell| Filled {
            cell,
            trials: Vec::new(),
        })
        .collect();
    for trial in trials {
        if let Some(cell) = cells.get_mut(trial.cell) {
            cell.trials.push(trial);
        }
    }
    for cell in &mut cells {
        cell.trials.sort_by_key(|trial| trial.draw);
    }
    cells.retain(|cell| !cell.trials.is_empty());
    cells
}

/// The axes that vary, less those that follow another: p by Lemma 5 follows n, and of two that advance together the
/// first is kept.
pub fn axes(experiment: &Experiment) -> Vec<Axis> {
    let by_lemma_5 = experiment.width_follows_examples();
    let keys = (0..experiment.axes.len()).map(Axis::Key);
    let mut kept: Vec<Axis> = Vec::new();
    for axis in [Axis::Examples, Axis::Dimension, Axis::Neurons]
        .into_iter()
        .chain(keys)
    {
        let follows = |other: &Axis| {
            advance_together(experiment, *other, axis)
                || (by_lemma_5 && *other == Axis::Examples && axis == Axis::Neurons)
        };
        if distinct(experiment, &[axis]) > 1 && !kept.iter().any(follows) {
            kept.push(axis);
        }
    }
    kept
}

/// Number of distinct values on some axes taken together.
fn distinct(experiment: &Experiment, axes: &[Axis]) -> usize {
    let values = |cell| {
        axes.iter()
            .map(|axis| axis.of(cell).to_string())
            .collect::<Vec<_>>()
    };
    experiment.cells.iter().map(values).collect::<BTreeSet<_>>().len()
}

/// Whether each of two axes determines the other.
pub(crate) fn advance_together(experiment: &Experiment, a: Axis, b: Axis) -> bool {
    let pairs = distinct(experiment, &[a, b]);
    distinct(experiment, &[a]) == pairs && distinct(experiment, &[b]) == pairs
}

/// Cells grouped by their values on some axes, in order of first appearance.
pub fn group<'a>(cells: &[Filled<'a>], by: &[Axis]) -> Vec<(Vec<AxisValue>, Vec<Filled<'a>>)> {
    let mut groups: Vec<(Vec<AxisValue>, Vec<Filled<'a>>)> = Vec::new();
    for cell in cells {
        let key: Vec<AxisValue> = by.iter().map(|axis| axis.of(cell.cell)).collect();
        match groups.iter_mut().find(|group| group.0 == key) {
            Some(group) => group.1.push(cell.clone()),
            None => groups.push((key, vec![cell.clone()])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes_of(sweep: &str) -> Vec<String> {
        let text = format!("[sweep]\n{sweep}\ndraws = 2\n");
        let experiment = Experiment::from_text("test", "test", &text, &[], std::path::Path::new("")).unwrap();
        axes(&experiment)
            .iter()
            .map(|axis| axis.symbol(&experiment))
            .collect()
    }

    #[test]
    fn axes_that_follow_others_are_left_out() {
        assert_eq!(axes_of("d = 10\nn = [100, 1000]\np = { lemma5 = 0.05 }"), ["n"]);
        assert_eq!(
            axes_of("d = [10, 20]\nn = { per_d = [2, 3] }\np = 30"),
            ["n", "d"]
        );
        assert_eq!(
            axes_of("d = 10\nn = [20, 30]\np = 5\n\"init.hidden_scale\" = [1.0, 0.1]"),
            ["n", "init.hidden_scale"]
        );
        assert!(axes_of("d = 10\nn = 20\np = 5").is_empty());
    }
}
