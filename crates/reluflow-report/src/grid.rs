//! Fits a threshold along an axis to each column of a sweep, from the draws that there are.

use reluflow_lab::experiment::{Axis, AxisValue, BadInput, Place};
use reluflow_lab::{Experiment, Result, Trial};
use reluflow_statistics::{Cell as Counts, Shape, Threshold};

use super::sweep::{Filled, advance_together, axes, filled, group};

/// The threshold of one column: all cells that differ along one axis only.
#[derive(Debug, Clone, PartialEq)]
pub struct GridThreshold {
    /// Name and value of what the column's cells have in common: d, n, p unless it follows n, and the other axes.
    pub place: Vec<(String, AxisValue)>,
    /// The fit. Where P rises, logit P(v) = κ(v − N), and the shape speaks of draws as they are.
    pub threshold: Threshold,
    /// Whether it was fitted along the logarithm of the axis; κ is then the slope in ln v.
    pub logarithmic: bool,
    /// Its draws.
    pub draws: u64,
}

/// Along which axis thresholds are sought.
#[derive(Debug, Clone, PartialEq)]
pub struct Along {
    /// n, d, p or a key that the sweep varies.
    pub axis: String,
    /// Whether the probability rises along it; of n, d and p it is known.
    pub rises: Option<bool>,
}

impl Default for Along {
    fn default() -> Self {
        Self {
            axis: "n".to_owned(),
            rises: None,
        }
    }
}

/// The thresholds of a sweep along an axis, in the experiment's order; none when the axis does not vary in any column.
///
/// A success is a trial that met its criterion, by default the trap. The interval is the profile likelihood's at `level`.
/// A key with positive values over more than a decade is fitted along its logarithm, as its picture is drawn.
///
/// # Errors
/// [`reluflow_lab::Error::BadInput`] when the sweep has no such axis, the axis has words for values, or nobody said whether
/// the probability rises along a key.
pub fn grid_thresholds(
    experiment: &Experiment,
    trials: &[Trial],
    along: &Along,
    level: f64,
) -> Result<Vec<GridThreshold>> {
    let axis = named(experiment, &along.axis)?;
    let rises = match (along.rises, axis) {
        (Some(rises), _) => rises,
        (None, Axis::Examples) => false,
        (None, Axis::Dimension | Axis::Neurons) => true,
        (None, Axis::Key(_)) => {
            let place = Place::Flag(format!("--axis {}", along.axis));
            let problem = "not clear whether the probability rises or falls along it";
            return Err(BadInput::new(
                place,
                problem,
                "--direction rises or --direction falls",
                "neither",
            )
            .into());
        }
    };
    let cells = filled(experiment, trials);
    if let Some(word) = cells.iter().find(|cell| axis.number(cell.cell).is_none()) {
        let place = Place::Flag(format!("--axis {}", along.axis));
        let found = axis.of(word.cell).to_string();
        return Err(BadInput::new(place, "no place for a threshold", "an axis of numbers", found).into());
    }
    // What follows the axis is no other axis.
    let mut held = axes(experiment);
    held.retain(|other| *other != axis && !advance_together(experiment, *other, axis));
    if axis == Axis::Examples && experiment.width_follows_examples() {
        held.retain(|other| *other != Axis::Neurons);
    }
    let mut groups = group(&cells, &held);
    let several = |cells: &[Filled<'_>]| !alike(cells, axis);
    groups.retain(|(_, cells)| several(cells));
    let keys = (0..experiment.axes.len()).map(Axis::Key);
    let shared: Vec<Axis> = [Axis::Dimension, Axis::Examples, Axis::Neurons]
        .into_iter()
        .chain(keys)
        .filter(|axis| groups.iter().all(|(_, cells)| alike(cells, *axis)))
        .collect();
    let fit = |cells: &[Filled<'_>]| {
        let place = shared
            .iter()
            .map(|axis| (axis.symbol(experiment), axis.of(cells[0].cell)));
        let (threshold, logarithmic) = fitted(cells, axis, rises, level);
        GridThreshold {
            place: place.collect(),
            draws: cells.iter().map(|cell| cell.trials.len() as u64).sum(),
            threshold,
            logarithmic,
        }
    };
    Ok(groups.iter().map(|(_, cells)| fit(cells)).collect())
}

/// The axis of a name, also where it advances together with another.
fn named(experiment: &Experiment, name: &str) -> Result<Axis> {
    let keys = experiment.axes.iter().map(String::as_str);
    let known: Vec<&str> = ["n", "d", "p"].into_iter().chain(keys).collect();
    match known.iter().position(|axis| *axis == name) {
        Some(0) => Ok(Axis::Examples),
        Some(1) => Ok(Axis::Dimension),
        Some(2) => Ok(Axis::Neurons),
        Some(k) => Ok(Axis::Key(k - 3)),
        None => {
            let place = Place::Flag(format!("--axis {name}"));
            let expected = format!("one of {}", known.join(", "));
            Err(BadInput::new(place, "no axis of the sweep", expected, name)
                .suggest(name, known)
                .into())
        }
    }
}

/// The fit of a column, and whether it was made along the logarithm.
fn fitted(cells: &[Filled<'_>], axis: Axis, rises: bool, level: f64) -> (Threshold, bool) {
    let places = || cells.iter().filter_map(|cell| axis.number(cell.cell));
    let (first, last) = (
        places().fold(f64::INFINITY, f64::min),
        places().fold(0.0, f64::max),
    );
    let logarithmic = matches!(axis, Axis::Key(_)) && first > 0.0 && last > 10.0 * first;
    let (to, from): (fn(f64) -> f64, fn(f64) -> f64) = match logarithmic {
        true => (f64::ln, f64::exp),
        false => (|at| at, |at| at),
    };
    let counts: Vec<Counts> = cells
        .iter()
        .map(|cell| {
            let trials = cell.trials.len() as u64;
            // A probability that rises is one of failures that falls.
            let successes = match rises {
                true => trials - cell.converged(),
                false => cell.converged(),
            };
            let at = to(axis.number(cell.cell).unwrap_or(f64::NAN));
            Counts {
                at,
                successes,
                trials,
            }
        })
        .collect();
    let mut threshold = Threshold::fit(&counts, level);
    let estimate = &mut threshold.estimate;
    for end in [&mut estimate.value, &mut estimate.low, &mut estimate.high] {
        if end.is_finite() {
            *end = from(*end);
        } else if logarithmic && *end == f64::NEG_INFINITY {
            *end = 0.0;
        }
    }
    threshold.shape = match (threshold.shape, rises) {
        (Shape::AllConverged, true) => Shape::NoneConverged,
        (Shape::NoneConverged, true) => Shape::AllConverged,
        (Shape::MostConverged, true) => Shape::FewConverged,
        (Shape::FewConverged, true) => Shape::MostConverged,
        (Shape::Separated { last_all, first_none }, _) => Shape::Separated {
            last_all: from(last_all),
            first_none: from(first_none),
        },
        (shape, _) => shape,
    };
    (threshold, logarithmic)
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

    fn along(axis: &str, experiment: &Experiment, trials: &[Trial]) -> Vec<GridThreshold> {
        let along = Along {
            axis: axis.to_owned(),
            rises: None,
        };
        grid_thresholds(experiment, trials, &along, 0.95).unwrap()
    }

    fn experiment(sweep: &str) -> Experiment {
        let text = format!("[sweep]\n{sweep}\ndraws = 20\n");
        Experiment::from_text("test", "test", &text, &[], std::path::Path::new("")).unwrap()
    }

    #[test]
    fn every_column_has_its_own() {
        let experiment = experiment("d = [5, 6]\nn = [10, 20, 30, 40]\np = 7");
        // Symmetric about 25, and about 25 again when 0 and 20 successes are swapped in from both ends.
        let found = along("n", &experiment, &trials(&[19, 15, 5, 1, 20, 20, 0, 0], 20));
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
        let found = along("n", &follows, &trials(&[20, 0], 20));
        assert_eq!(found[0].place, [("d".to_owned(), AxisValue::Number(5.0))]);
        let one = experiment("d = [5, 6]\nn = 10\np = 7");
        assert!(along("n", &one, &trials(&[20, 0], 20)).is_empty());
    }

    #[test]
    fn a_probability_that_rises_is_one_of_failures_that_falls() {
        // Symmetric about p = 25, rising; the mirror image of n.
        let rising = experiment("d = 5\nn = 9\np = [10, 20, 30, 40]");
        let found = along("p", &rising, &trials(&[1, 5, 15, 19], 20));
        assert!((found[0].threshold.estimate.value - 25.0).abs() < 1e-6);
        let mirrored = experiment("d = 5\nn = [10, 20, 30, 40]\np = 9");
        let falling = along("n", &mirrored, &trials(&[19, 15, 5, 1], 20));
        let (a, b) = (&found[0].threshold.estimate, &falling[0].threshold.estimate);
        assert!((a.low + b.high - 50.0).abs() < 1e-6 && (a.high + b.low - 50.0).abs() < 1e-6);
        assert_eq!(found[0].place[1], ("n".to_owned(), AxisValue::Number(9.0)));
        let none = along("p", &rising, &trials(&[0, 0, 0, 0], 20));
        assert_eq!(none[0].threshold.shape.word(), "none-converged");
        // Beyond every p that was run.
        assert!(none[0].threshold.estimate.low >= 40.0 && none[0].threshold.estimate.high.is_infinite());
    }

    #[test]
    fn a_key_over_decades_is_fitted_along_its_logarithm() {
        let scales = experiment("d = 5\nn = 9\np = 7\n\"init.hidden_scale\" = [0.01, 0.1, 1.0, 10.0]");
        let draws = trials(&[19, 15, 5, 1], 20);
        let key = "init.hidden_scale";
        let falls = Along {
            axis: key.to_owned(),
            rises: Some(false),
        };
        let found = grid_thresholds(&scales, &draws, &falls, 0.95).unwrap();
        // Symmetric about the middle of the logarithms of 0.1 and 1.
        assert!(
            found[0].logarithmic && (found[0].threshold.estimate.value / 0.1f64.sqrt() - 1.0).abs() < 1e-6
        );
        let unsaid = Along {
            axis: key.to_owned(),
            rises: None,
        };
        let refusal = grid_thresholds(&scales, &draws, &unsaid, 0.95).unwrap_err();
        assert!(refusal.to_string().contains("--direction rises"), "{refusal}");
        let misspelt = Along {
            axis: "init.hiden_scale".to_owned(),
            rises: None,
        };
        let refusal = grid_thresholds(&scales, &draws, &misspelt, 0.95).unwrap_err();
        assert!(refusal.to_string().contains("did you mean"), "{refusal}");
    }

    #[test]
    fn axes_that_advance_together_are_one() {
        let both = experiment("d = 5\nn = [10, 20, 30, 40]\np = [40, 30, 20, 10]\nzip = [\"n\", \"p\"]");
        let draws = trials(&[19, 15, 5, 1], 20);
        let of_n = along("n", &both, &draws);
        assert!((of_n[0].threshold.estimate.value - 25.0).abs() < 1e-6);
        let of_p = along("p", &both, &draws);
        assert!((of_p[0].threshold.estimate.value - 25.0).abs() < 1e-6, "{of_p:?}");
    }
}
