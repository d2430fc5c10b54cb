//! Chooses the figures of a run from the axes of its sweep.

use reluflow::flow::Interrupt;
use reluflow::observe::{Observable, Record, When};
use reluflow_lab::experiment::{Axis, AxisValue};
use reluflow_lab::{Experiment, Result, Trial};
use reluflow_plot::Chart;

use super::series::{curvature_chart, describe, laws, point, series, threshold_curves, threshold_series};
use super::sweep::{Filled, axes, filled, group};
use crate::figures::{MapCell, ProbabilitySeries, probabilities, probability_map, thresholds, trajectory};
use crate::path::{Along, follow};
use crate::pictures::{Kind, Wish, picture, table_picture};

/// Most series in a picture, and most pictures of one kind.
pub(crate) const MOST_SERIES: usize = 6;
const MOST_PICTURES: usize = 8;
/// Rows a decade of a followed draw.
const ROWS: u32 = 30;
/// Neurons whose paths are drawn one by one.
const FEW: usize = 200;
/// Draws from which a histogram is drawn.
const MANY: usize = 10;

/// A figure with its file name and caption.
#[derive(Debug, Clone)]
pub struct Named {
    /// The stem of its files.
    pub name: String,
    /// The figure.
    pub chart: Chart,
    /// What it shows.
    pub caption: String,
}

/// The figures that fit a run's axes.
///
/// | varies | figure |
/// | --- | --- |
/// | nothing | the trajectory of the first draw, its neurons, a histogram of trap times |
/// | n | probability, remaining loss, threshold; curvatures if recorded |
/// | n and a size or key | one curve a value, thresholds with laws, a map |
/// | other axes | probability along the first, a map over the first two |
/// | further axes | the same for each of their values |
/// | one or two, more recorded | each recorded column along the first, or a map of it over both |
///
/// # Errors
/// When the trajectory of a single cell cannot be computed.
pub fn figures(experiment: &Experiment, trials: &[Trial]) -> Result<Vec<Named>> {
    let cells = filled(experiment, trials);
    let varying = axes(experiment);
    if varying.is_empty() {
        // A trajectory is computed anew, from data that may be elsewhere.
        return match experiment.read_files() {
            Ok(()) => single(experiment, trials),
            Err(_) => Ok(Vec::new()),
        };
    }
    let (shown, held) = varying.split_at(varying.len().min(2));
    let groups = group(&cells, held);
    let mut all = Vec::new();
    for (k, (values, cells)) in groups.iter().take(MOST_PICTURES).enumerate() {
        let fixed: Vec<String> = held
            .iter()
            .zip(values)
            .map(|(axis, value)| format!("{} = {value}", axis.symbol(experiment)))
            .collect();
        let mut some = match shown {
            [first] => along(experiment, *first, cells),
            [first, second] => over(experiment, *first, *second, cells),
            _ => Vec::new(),
        };
        for named in &mut some {
            if !fixed.is_empty() {
                named.name += &format!("-{}", k + 1);
                named.caption += &format!(" Here {}.", fixed.join(", "));
            }
        }
        all.extend(some);
    }
    if held.is_empty() {
        all.extend(recorded(experiment, trials, &varying));
    }
    Ok(all)
}

/// What else was recorded, along one axis or over two.
fn recorded(experiment: &Experiment, trials: &[Trial], varying: &[Axis]) -> Vec<Named> {
    let mut names: Vec<&'static str> = trials
        .iter()
        .flat_map(|trial| trial.recorded().map(|(name, _)| name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let numeric = |axis: &Axis| experiment.cells.iter().all(|cell| axis.number(cell).is_some());
    let (x, y) = (Some(varying[0].symbol(experiment)), varying.get(1));
    let wish = match y.filter(|axis| numeric(axis)) {
        Some(axis) => Wish::Map {
            x,
            y: Some(axis.symbol(experiment)),
        },
        None => Wish::Column { x, by: None },
    };
    let caption = |name: &str| match &wish {
        Wish::Map { .. } => format!("Means over draws of the last `{name}`, with their scale."),
        _ => format!("The last `{name}`: discs are draws, signs their means with 95 % bootstrap intervals."),
    };
    // An axis of words, or too many lines, has no such picture.
    let drawn = |name: &&'static str| {
        let name = *name;
        let chart = table_picture(experiment, trials, name, &wish).ok()?;
        Some((name, chart))
    };
    let pictures = names.iter().filter_map(drawn).take(MOST_PICTURES);
    pictures
        .map(|(name, chart)| Named {
            name: name.replace('_', "-"),
            chart,
            caption: caption(name),
        })
        .collect()
}

/// Figures along one axis.
fn along(experiment: &Experiment, axis: Axis, cells: &[Filled<'_>]) -> Vec<Named> {
    let label = axis.label(experiment);
    if cells.iter().any(|cell| axis.number(cell.cell).is_none()) {
        return vec![by_words(experiment, axis, cells)];
    }
    let fit = axis == Axis::Examples;
    let series = [series("share of draws", axis, cells, fit)];
    let mut all = vec![Named {
        name: "probability".to_owned(),
        chart: probabilities(&series, &label, None),
        caption:
            "(a) Share of draws that succeeded, with 95 % Clopper–Pearson intervals. (b) Mean remaining \
                  loss L_end/L(0), 0 where a draw succeeded, with bootstrap intervals."
                .to_owned(),
    }];
    if fit && let Some(chart) = curvature_chart(cells, &[None; 4]) {
        all.push(Named {
            name: "curvatures".to_owned(),
            chart,
            caption: "Means over draws with 95 % bootstrap intervals, and power laws fitted to them."
                .to_owned(),
        });
    }
    all
}

/// Probabilities where the axis has words for values: they are numbered in the order of the file.
fn by_words(experiment: &Experiment, axis: Axis, cells: &[Filled<'_>]) -> Named {
    let groups = group(cells, &[axis]);
    let one = |(k, (values, cells)): (usize, &(Vec<AxisValue>, Vec<Filled<'_>>))| {
        let name = values
            .iter()
            .map(|value| plain_markup(&value.to_string()))
            .collect::<Vec<_>>()
            .join(", ");
        let points = cells.iter().map(|cell| point(k as f64 + 1.0, cell)).collect();
        ProbabilitySeries {
            name,
            cells: points,
            threshold: None,
        }
    };
    let series: Vec<ProbabilitySeries> = groups.iter().enumerate().map(one).collect();
    Named {
        name: "probability".to_owned(),
        chart: probabilities(&series, &axis.label(experiment), None),
        caption: format!(
            "(a) Share of draws that succeeded for each value of {}, numbered in the file's order, with 95 % \
             Clopper–Pearson intervals. (b) Mean remaining loss L_end/L(0), 0 where a draw succeeded.",
            axis.symbol(experiment)
        ),
    }
}

/// Figures over two axes.
fn over(experiment: &Experiment, first: Axis, second: Axis, cells: &[Filled<'_>]) -> Vec<Named> {
    let groups = group(cells, &[second]);
    let symbol = second.symbol(experiment);
    let numeric = cells.iter().all(|cell| second.number(cell.cell).is_some());
    let along_n = first == Axis::Examples;
    let mut all = Vec::new();
    if groups.len() <= MOST_SERIES && cells.iter().all(|cell| first.number(cell.cell).is_some()) {
        let named = |(values, cells): &(Vec<AxisValue>, Vec<Filled<'_>>)| {
            let value = values.first().map(ToString::to_string).unwrap_or_default();
            let name = format!("{} = {}", plain_markup(&symbol), plain_markup(&value));
            series(&name, first, cells, along_n)
        };
        let series: Vec<ProbabilitySeries> = groups.iter().map(named).collect();
        all.push(Named {
            name: "probability".to_owned(),
            chart: probabilities(&series, &first.label(experiment), None),
            caption: format!(
                "(a) Share of draws that succeeded, one curve for each value of {symbol}, with 95 % \
                 Clopper–Pearson intervals. (b) Mean remaining loss L_end/L(0), 0 where a draw succeeded, with bootstrap intervals."
            ),
        });
    }
    if along_n && numeric && groups.len() >= 3 {
        let curves = threshold_curves(cells, second);
        let law = laws(&curves).into_iter().next();
        let described = law
            .as_ref()
            .map_or(String::new(), |law| format!(" {}", describe(law, &symbol)));
        let series = [threshold_series("threshold", &curves, law)];
        all.push(Named {
            name: "thresholds".to_owned(),
            chart: thresholds(&series, &plain_markup(&symbol), &second.label(experiment), &[]),
            caption: format!(
                "Threshold N at which half of the draws succeed, with 95 % profile-likelihood intervals.{described}"
            ),
        });
    }
    if numeric && cells.len() * 10 >= distinct(cells, first) * distinct(cells, second) * 6 {
        let tile = |cell: &Filled<'_>| {
            Some(MapCell {
                x: first.number(cell.cell)?,
                y: second.number(cell.cell)?,
                converged: cell.converged(),
                trials: cell.trials.len() as u64,
            })
        };
        let tiles: Vec<MapCell> = cells.iter().filter_map(tile).collect();
        all.push(Named {
            name: "map".to_owned(),
            chart: probability_map(&tiles, &first.label(experiment), &second.label(experiment)),
            caption: "Draws that succeeded, of those run. Blank: no draw yet.".to_owned(),
        });
    }
    if all.is_empty() {
        let groups = groups.iter().take(MOST_SERIES);
        let cells: Vec<Filled<'_>> = groups.flat_map(|group| group.1.clone()).collect();
        all.push(by_words(experiment, second, &cells));
    }
    all
}

fn distinct(cells: &[Filled<'_>], axis: Axis) -> usize {
    group(cells, &[axis]).len()
}

/// Text as it is, in the markup of figures.
pub fn plain_markup(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '*' | '_' | '^' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The trajectory of the first draw of a run of one cell, its neurons where they are few, and how long the draws took.
fn single(experiment: &Experiment, trials: &[Trial]) -> Result<Vec<Named>> {
    let mut cell = experiment.cells[0].clone();
    let mut spec = (*cell.spec).clone();
    spec.record = full_record();
    if !spec.model.is_the_papers() {
        // Lemma 6 is of the paper's model.
        spec.record
            .observables
            .retain(|one| *one != Observable::CurvatureBounds);
    }
    cell.spec = spec.into();
    let (path, solution) = follow(experiment, &cell, 0, ROWS, &Interrupt::default())?;
    let mut all = vec![Named {
        name: "trajectory".to_owned(),
        chart: trajectory(&solution.trajectory),
        caption: format!(
            "Draw 0 of {}: {}. (a) Loss. (b) Local-PL curvature μ, its average ⟨μ⟩ and the bounds of Lemma 6. (c) \
             Active and correctly active pairs of neuron and example.",
            experiment.describe(&cell),
            solution.verdict
        ),
    }];
    let wanted: &[(Kind, &str)] = match path.neurons() {
        0..=FEW => &[
            (
                Kind::Neurons,
                "The paths of its neurons, each at |a_j| w_j; a disc where each ends.",
            ),
            (Kind::Angles, "Direction and size of its neurons over time."),
            (
                Kind::Function,
                "The network as a function, its data, and the kinks of its neurons at the end.",
            ),
            (
                Kind::Regions,
                "Where the network is positive and where negative at the end.",
            ),
        ],
        _ => &[],
    };
    for (kind, caption) in wanted {
        // Of what the data have no picture there is none.
        if let Ok(chart) = picture(*kind, &path, &Along::Leading) {
            all.push(Named {
                name: kind.name().to_owned(),
                chart,
                caption: format!("Draw 0. {caption}"),
            });
        }
    }
    let times = trials
        .iter()
        .filter(|trial| trial.get("trap_time").is_some())
        .count();
    if times >= MANY {
        let chart = table_picture(experiment, trials, "trap_time", &Wish::Histogram { by: None })?;
        all.push(Named {
            name: "trap-times".to_owned(),
            chart,
            caption: format!(
                "When the {times} of {} draws that succeeded did so.",
                trials.len()
            ),
        });
    }
    Ok(all)
}

/// Everything a trajectory picture shows, at 30 times a decade.
pub fn full_record() -> Record {
    Record {
        observables: vec![
            Observable::Curvature,
            Observable::CurvatureBounds,
            Observable::Activity,
            Observable::Lost,
        ],
        when: When::PerDecade(ROWS),
        ..Record::default()
    }
}
