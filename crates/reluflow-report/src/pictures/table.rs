//! Draws any column of a run's trials against its axes: along one, over two, or as a histogram.

use std::collections::HashMap;

use reluflow::observe;
use reluflow_lab::experiment::{Axis, BadInput, Place};
use reluflow_lab::store::rows::to_table;
use reluflow_lab::{Experiment, Result, Trial, table, trial};
use reluflow_plot::Chart;

use super::{Draws, HeatCell, Sample, Series, column, heat, histogram};
use crate::choose::{MOST_SERIES, plain_markup};
use crate::sweep::{Filled, axes, filled, group};

/// What to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A column along an axis, a line for each value of another.
    Column {
        /// The axis; the first that varies, if none is named.
        x: Option<String>,
        /// The other.
        by: Option<String>,
    },
    /// The means of a column over two axes; the first two others that vary, where none is named.
    Map {
        /// Across.
        x: Option<String>,
        /// Upwards.
        y: Option<String>,
    },
    /// How a column is distributed, for each value of an axis.
    Histogram {
        /// The axis.
        by: Option<String>,
    },
}

/// The columns of trials that are numbers, with their values; besides what tables hold, `remaining_loss` is L_end/L(0).
pub fn columns(experiment: &Experiment, trials: &[Trial]) -> Vec<(String, Vec<f64>)> {
    let sizes = 3 + experiment.axes.len();
    let of_trials = to_table(experiment, trials, &[]);
    let mut known: Vec<(String, Vec<f64>)> = table::names(&of_trials)
        .into_iter()
        .skip(sizes)
        .filter(|name| name != "draw")
        .filter_map(|name| {
            let values = table::all_numbers(&of_trials, &name).ok()?;
            Some((name, values))
        })
        .collect();
    let remaining = trials
        .iter()
        .map(|trial| trial.number("loss") / trial.number("initial_loss"))
        .collect();
    known.push(("remaining_loss".to_owned(), remaining));
    known
}

/// Digits above and below the line as markup: the font has no signs for them.
fn with_scripts(label: &str) -> String {
    let mut text = String::new();
    for sign in label.chars() {
        match sign {
            '²' => text.push_str("^{2}"),
            '₀'..='₉' => {
                let digit = sign as u32 - '₀' as u32;
                text.push_str(&format!("_{{{digit}}}"));
            }
            _ => text.push(sign),
        }
    }
    text
}

/// What a column is called in figures.
pub(crate) fn label(name: &str) -> String {
    match (name, observe::column(name)) {
        ("converged", _) => "share that converged".to_owned(),
        ("loss", _) => "loss at the end".to_owned(),
        ("remaining_loss", _) => "*L*_{end}/*L*(0)".to_owned(),
        ("time", _) => "time at the end".to_owned(),
        (_, Some(column)) => with_scripts(&plain_markup(column.label)),
        (_, None) => match trial::columns::column(name) {
            Some(column) => with_scripts(&plain_markup(column.label)),
            None => plain_markup(&name.replace('_', " ")),
        },
    }
}

/// Draws a column of a run's trials.
///
/// # Errors
/// When there is no such column or axis, or an axis has words where numbers are needed; they list what there is.
pub fn picture(experiment: &Experiment, trials: &[Trial], name: &str, wish: &Wish) -> Result<Chart> {
    let known = columns(experiment, trials);
    let Some((_, values)) = known.iter().find(|(column, _)| column == name) else {
        let holds_numbers = |(_, values): &&(String, Vec<f64>)| values.iter().any(|value| !value.is_nan());
        let names: Vec<&str> = known
            .iter()
            .filter(holds_numbers)
            .map(|(name, _)| name.as_str())
            .collect();
        let place = Place::Flag(format!("the column {name}"));
        let bad = BadInput::new(
            place,
            "no such column",
            format!("one of {}", names.join(", ")),
            name,
        );
        return Err(bad.suggest(name, names).into());
    };
    if values.iter().all(|value| value.is_nan()) {
        let place = Place::Flag(format!("the column {name}"));
        return Err(BadInput::new(place, "nothing to draw", "a number in some trial", "none").into());
    }
    let key = |trial: &Trial| (trial.cell, trial.draw);
    let by_trial: HashMap<(usize, u64), f64> = trials.iter().map(key).zip(values.iter().copied()).collect();
    let read = |trial: &Trial| by_trial.get(&key(trial)).copied().unwrap_or(f64::NAN);
    let cells = filled(experiment, trials);
    let values_of = |cell: &Filled<'_>| cell.trials.iter().map(|trial| read(trial)).collect::<Vec<f64>>();
    let varying = axes(experiment);
    let wanted = if matches!(wish, Wish::Map { .. }) {
        "two axes"
    } else {
        "an axis"
    };
    let vary = match varying.as_slice() {
        [] => "none".to_owned(),
        axes => {
            let symbols = axes.iter().map(|axis| axis.symbol(experiment));
            format!("{} alone", symbols.collect::<Vec<_>>().join(", "))
        }
    };
    let chosen = |given: &Option<String>, taken: &[Axis]| match given {
        Some(name) => axis(experiment, name),
        None => varying
            .iter()
            .copied()
            .find(|axis| !taken.contains(axis))
            .ok_or_else(|| {
                let place = Place::Flag("the axis".into());
                BadInput::new(
                    place,
                    "no axis to draw along",
                    format!("{wanted} of the run's sweep with several values"),
                    &vary,
                )
                .into()
            }),
    };
    let named = |axis: Axis, value: &dyn std::fmt::Display| {
        let symbol = plain_markup(&axis.symbol(experiment));
        let symbol = match axis {
            Axis::Key(_) => symbol,
            _ => format!("*{symbol}*"),
        };
        format!("{symbol} = {}", plain_markup(&value.to_string()))
    };
    Ok(match wish {
        Wish::Column { x, by } => {
            let x = chosen(x, &[])?;
            numeric(experiment, x, &cells)?;
            let by = match by {
                Some(name) => Some(axis(experiment, name)?),
                // The second axis, where it is not too many lines.
                None => varying
                    .iter()
                    .copied()
                    .find(|axis| *axis != x)
                    .filter(|axis| group(&cells, &[*axis]).len() <= MOST_SERIES),
            };
            let groups = group(&cells, by.as_slice());
            too_many(groups.len())?;
            let series: Vec<Series> = groups
                .iter()
                .map(|(values, cells)| Series {
                    name: match (by, values.first()) {
                        (Some(axis), Some(value)) => named(axis, value),
                        _ => String::new(),
                    },
                    draws: along(x, cells, &values_of),
                })
                .collect();
            says_missing(column(&series, &x.label(experiment), &label(name)), values)
        }
        Wish::Map { x, y } => {
            let upwards = y.as_ref().map(|name| axis(experiment, name)).transpose()?;
            let x = chosen(x, upwards.as_slice())?;
            let y = chosen(y, &[x])?;
            numeric(experiment, x, &cells)?;
            numeric(experiment, y, &cells)?;
            let tiles: Vec<HeatCell> = group(&cells, &[x, y])
                .iter()
                .filter_map(|(_, cells)| {
                    let values: Vec<f64> = cells
                        .iter()
                        .flat_map(&values_of)
                        .filter(|value| value.is_finite())
                        .collect();
                    let first = cells.first()?.cell;
                    Some(HeatCell {
                        x: x.number(first)?,
                        y: y.number(first)?,
                        value: values.iter().sum::<f64>() / values.len() as f64,
                    })
                })
                .collect();
            let map = heat(
                &tiles,
                &x.label(experiment),
                &y.label(experiment),
                &format!("mean of {}", label(name)),
            );
            says_missing(map, values)
        }
        Wish::Histogram { by } => {
            let by = by.as_ref().map(|name| axis(experiment, name)).transpose()?;
            let groups = group(&cells, by.as_slice());
            too_many(groups.len())?;
            let samples: Vec<Sample> = groups
                .iter()
                .map(|(values, cells)| Sample {
                    name: match (by, values.first()) {
                        (Some(axis), Some(value)) => named(axis, value),
                        _ => String::new(),
                    },
                    values: cells.iter().flat_map(&values_of).collect(),
                })
                .collect();
            histogram(&samples, &label(name))
        }
    })
}

/// A picture of means, which says how many draws are in none, as a histogram does.
fn says_missing(mut chart: Chart, values: &[f64]) -> Chart {
    let missing = values.iter().filter(|value| !value.is_finite()).count();
    if missing > 0 {
        let note = format!("{missing} of {} draws have no value", values.len());
        chart.description = format!("{}; {note}", chart.description);
        if let Some(panel) = chart.panels.first_mut() {
            panel.title = match panel.title.is_empty() {
                true => note,
                false => format!("{}; {note}", panel.title),
            };
        }
    }
    chart
}

/// The draws of cells by their place on an axis.
fn along(x: Axis, cells: &[Filled<'_>], values: &dyn Fn(&Filled<'_>) -> Vec<f64>) -> Vec<Draws> {
    let mut found: Vec<Draws> = group(cells, &[x])
        .iter()
        .filter_map(|(_, cells)| {
            Some(Draws {
                at: x.number(cells.first()?.cell)?,
                values: cells.iter().flat_map(values).collect(),
            })
        })
        .collect();
    found.sort_by(|a, b| a.at.total_cmp(&b.at));
    found
}

/// The axis of a name.
fn axis(experiment: &Experiment, name: &str) -> Result<Axis> {
    let keys = (0..experiment.axes.len()).map(Axis::Key);
    let all: Vec<Axis> = [Axis::Examples, Axis::Dimension, Axis::Neurons]
        .into_iter()
        .chain(keys)
        .collect();
    let symbols: Vec<String> = all.iter().map(|axis| axis.symbol(experiment)).collect();
    match symbols.iter().position(|symbol| symbol == name) {
        Some(k) => Ok(all[k]),
        None => {
            let place = Place::Flag(format!("the axis {name}"));
            let bad = BadInput::new(
                place,
                "no such axis",
                format!("one of {}", symbols.join(", ")),
                name,
            );
            Err(bad.suggest(name, symbols.iter().map(String::as_str)).into())
        }
    }
}

fn numeric(experiment: &Experiment, axis: Axis, cells: &[Filled<'_>]) -> Result<()> {
    match cells.iter().find(|cell| axis.number(cell.cell).is_none()) {
        None => Ok(()),
        Some(cell) => {
            let place = Place::Flag(format!("the axis {}", axis.symbol(experiment)));
            Err(BadInput::new(place, "an axis of words", "numbers along it", axis.of(cell.cell)).into())
        }
    }
}

fn too_many(found: usize) -> Result<()> {
    if found <= MOST_SERIES {
        return Ok(());
    }
    let place = Place::Flag("the axis of lines".into());
    let expected = format!("at most {MOST_SERIES} values");
    Err(BadInput::new(place, "too many lines for one picture", expected, found).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_means_count_the_draws_that_are_in_none() {
        let chart = || column(&[], "n", "time");
        let shown = says_missing(chart(), &[1.0, f64::NAN, 2.0]);
        assert_eq!(shown.panels[0].title, "1 of 3 draws have no value");
        assert!(shown.description.ends_with("; 1 of 3 draws have no value"));
        let whole = says_missing(chart(), &[1.0, 2.0]);
        assert_eq!(whole, chart());
    }
}
