//! Fits a threshold in n to each column of a sweep.

use reluflow_lab::experiment::{Axis, AxisValue};
use reluflow_lab::{Experiment, Trial};
use reluflow_statistics::{Cell as Counts, Threshold};

use super::sweep::{Filled, axes, filled, group};

/// The threshold of one column: all cells that differ in n only.
#[derive(Debug, Clone, PartialEq)]
pub struct GridThreshold {
    /// Name and value of what the column's cells have in common: d, p unless it follows n, and the other axes.
    pub place: Vec<(String, AxisValue)>,
    /// The fit.
    pub threshold: Threshold,
    /// Its draws.
    pub draws: u64,
}

/// The thresholds in n of a sweep, in the experiment's order, as the figures draw them; none when n does not vary.
///
/// A success is a trial that reached the trap. The interval is the profile likelihood's at `level`.
pub fn grid_thresholds(experiment: &Experiment, trials: &[Trial], level: f64) -> Vec<GridThreshold> {
    let mut held = axes(experiment);
    let varying = held.len();
    held.retain(|axis| *axis != Axis::Examples);
    if held.len() == varying {
        return Vec::new();
    }
    let groups = group(&filled(experiment, trials), &held);
    let keys = (0..experiment.axes.len()).map(Axis::Key);
    let shared: Vec<Axis> = [Axis::Dimension, Axis::Neurons]
        .into_iter()
        .chain(keys)
        .filter(|axis| groups.iter().all(|(_, cells)| alike(cells, *axis)))
        .collect();
    let fit = |cells: &[Filled<'_>]| {
        let counts: Vec<Counts> = cells
            .iter()
            .map(|cell| Counts {
                at: cell.cell.n as f64,
                successes: cell.converged(),
                trials: cell.trials.len() as u64,
            })
            .collect();
        let place = shared
            .iter()
            .map(|axis| (axis.symbol(experiment), axis.of(cells[0].cell)));
        GridThreshold {
            place: place.collect(),
            draws: counts.iter().map(|cell| cell.trials).sum(),
            threshold: Threshold::fit(&counts, level),
        }
    };
    groups.iter().map(|(_, cells)| fit(cells)).collect()
}

/// Whether cells have one value on an axis.
fn alike(cells: &[Filled<'_>], axis: Axis) -> bool {
    cells
        .iter()
        .all(|cell| axis.of(cell.cell) == axis.of(cells[0].cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trials with the given numbers of successes in the cells, of `draws` each.
    fn trials(successes: &[u64], draws: u64) -> Vec<Trial> {
        let cells = successes.iter().enumerate();
        cells
            .flat_map(|(cell, successes)| {
                (0..draws).map(move |draw| Trial {
                    cell,
                    draw,
                    converged: draw < *successes,
                    ..Trial::default()
                })
            })
            .collect()
    }

    fn experiment(sweep: &str) -> Experiment {
        let text = format!("[sweep]\n{sweep}\ndraws = 20\n");
        Experiment::from_text("test", "test", &text, &[], std::path::Path::new("")).unwrap()
    }

    #[test]
    fn every_column_has_its_own() {
        let experiment = experiment("d = [5, 6]\nn = [10, 20, 30, 40]\np = 7");
        // Symmetric about 25, and about 25 again when 0 and 20 successes are swapped in from both ends.
        let found = grid_thresholds(&experiment, &trials(&[19, 15, 5, 1, 20, 20, 0, 0], 20), 0.95);
        assert_eq!(found.len(), 2);
        assert!((found[0].threshold.estimate.value - 25.0).abs() < 1e-6);
        assert_eq!(found[1].threshold.shape.word(), "separated");
        assert_eq!(
            found[1].place,
            [
                ("d".to_owned(), AxisValue::Number(6.0)),
                ("p".to_owned(), AxisValue::Number(7.0))
            ]
        );
        assert_eq!(found[0].draws, 80);
    }

    #[test]
    fn a_width_that_follows_n_is_no_place_and_one_n_has_no_threshold() {
        let follows = experiment("d = 5\nn = [100, 1000]\np = { lemma5 = 0.05 }");
        let found = grid_thresholds(&follows, &trials(&[20, 0], 20), 0.95);
        assert_eq!(found[0].place, [("d".to_owned(), AxisValue::Number(5.0))]);
        let one = experiment("d = [5, 6]\nn = 10\np = 7");
        assert!(grid_thresholds(&one, &trials(&[20, 0], 20), 0.95).is_empty());
    }
}
