//! Draws a study of thresholds: its draws, the fitted curves and the thresholds' intervals.

use std::path::{Path, PathBuf};

use reluflow_lab::Result;
use reluflow_lab::summary::LEVEL;
use reluflow_lab::threshold::{Column, Study, four_digits};
use reluflow_plot::{Axis as Scale, Chart, Dash, Entry, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::{Estimate, clopper_pearson};

use crate::save;

/// Most columns that are drawn.
const MOST_PANELS: usize = 12;
/// Points of a picture that draws are gathered into, about.
const POINTS: u64 = 14;
/// The space within what a title keeps on one line.
const HELD: &str = "\u{a0}";

/// Writes the tables of [`Study::save`], and [`picture`] beside them as `NAME.svg`, `.png` and `.pdf`. Returns the
/// name with its folder.
///
/// # Errors
/// When something cannot be written.
pub fn save_study(study: &Study<'_>, run: &Path) -> Result<PathBuf> {
    let place = study.save(run)?;
    if let (Some(folder), Some(name)) = (place.parent(), place.file_name()) {
        save(folder, &name.to_string_lossy(), &picture(study))?;
    }
    Ok(place)
}

/// The draws of every column, gathered by neighbouring places, with the fitted curve, its pointwise band and the
/// threshold's interval; the first twelve columns.
pub fn picture(study: &Study<'_>) -> Chart {
    let panels: Vec<Panel> = study
        .columns
        .iter()
        .take(MOST_PANELS)
        .map(|column| panel(study, column))
        .collect();
    Chart {
        description: format!(
            "Draws placed along {} with fitted curves and the place where the probability is {}",
            study.question.axis, study.question.target
        ),
        columns: panels.len().clamp(1, 2),
        panels,
        legend: legend(),
        width: PAGE,
        panel_height: 125.0,
    }
}

/// What the signs of every panel mean.
fn legend() -> Vec<Entry> {
    let (draws, threshold) = (Ink::Series(0), Ink::Series(1));
    vec![
        Entry::new(
            "share of draws, neighbouring places pooled",
            draws,
            Some(Marker::Circle),
            None,
        ),
        Entry::new("fitted curve and band", draws, None, Some(Dash::Solid)),
        Entry::new("threshold and interval", threshold, None, Some(Dash::Dashed)),
    ]
}

/// A column and its threshold in markup: sizes in italics.
fn title(study: &Study<'_>, column: &Column) -> String {
    let name = |name: String| {
        if name.len() == 1 {
            format!("*{name}*")
        } else {
            name.replace('_', " ")
        }
    };
    let pairs = study.names().into_iter().zip(study.place_of(column));
    let place: Vec<String> = pairs
        .map(|(key, value)| format!("{} = {value}", name(key)).replace(' ', HELD))
        .collect();
    let Estimate { value, low, high } = column.found().estimate;
    let target = study.question.target;
    let axis = name(study.question.axis.clone());
    let found = match low.is_finite() && high.is_finite() {
        true => {
            let place = format!("{target} at {axis} = {}", four_digits(value)).replace(' ', HELD);
            let interval = format!("[{}, {}]", four_digits(low), four_digits(high)).replace(' ', HELD);
            format!("{place} {interval}")
        }
        false => format!("{target} not found"),
    };
    format!("{}: {found}", place.join(", "))
}

fn panel(study: &Study<'_>, column: &Column) -> Panel {
    let answer = column.found();
    let axis = Scale::linear(&study.axis.label(study.experiment));
    let mut panel = Panel {
        title: title(study, column),
        x: axis,
        y: Scale::linear("probability").over(-0.03, 1.03),
        ..Panel::default()
    };
    panel.layers.push(Layer::Horizontal {
        at: study.question.target,
        dash: Dash::Dotted,
    });
    let first = column.drawn.first().map_or(0.0, |drawn| drawn.at);
    let last = column.drawn.last().map_or(1.0, |drawn| drawn.at);
    // What the bracketing placed far away only flattens the picture.
    let (first, last) = match study.quartiles(column) {
        Some((a, b)) => {
            let (middle, reach) = (0.5 * (a + b), 3.0 * (a - b).abs());
            (first.max(middle - reach), last.min(middle + reach))
        }
        None => (first, last),
    };
    // The threshold's interval is shown whole, unless it would leave the draws no room.
    let Estimate { low, high, .. } = answer.estimate;
    let room = last - first;
    let (first, last) = match low.is_finite() && high.is_finite() {
        true => (
            first.min(low.max(first - room)),
            last.max(high.min(last + room) + 0.02 * room),
        ),
        false => (first, last),
    };
    panel.x = panel.x.over(first, last.max(first + 1e-9));
    let curve: Vec<(f64, Estimate)> = (0..=120)
        .map(|k| first + (last - first) * f64::from(k) / 120.0)
        .map(|at| (at, column.curve(at)))
        .collect();
    if answer.estimate.value.is_finite() && answer.slope > 0.0 {
        panel.layers.push(Layer::Band {
            points: curve.iter().map(|(at, p)| (*at, p.low, p.high)).collect(),
            ink: Ink::Series(0),
        });
        panel.layers.push(Layer::Line {
            points: curve.iter().map(|(at, p)| (*at, p.value)).collect(),
            ink: Ink::Series(0),
            dash: Dash::Solid,
        });
        panel.layers.push(Layer::Vertical {
            at: answer.estimate,
            ink: Ink::Series(1),
            dash: Dash::Dashed,
        });
    }
    panel.layers.push(Layer::Points {
        points: gathered(column, first, last),
        ink: Ink::Series(0),
        marker: Marker::Circle,
    });
    panel
}

/// Neighbouring places taken together until they have a fair share of the draws, each at its mean place.
fn gathered(column: &Column, first: f64, last: f64) -> Vec<(f64, Estimate)> {
    let shown = || {
        column
            .drawn
            .iter()
            .filter(|drawn| (first..=last).contains(&drawn.at))
    };
    let share = (shown().map(|drawn| drawn.trials).sum::<u64>() / POINTS).max(1);
    let (mut points, mut sum, mut successes, mut trials) = (Vec::new(), 0.0, 0, 0);
    let count = shown().count();
    for (k, drawn) in shown().enumerate() {
        sum += drawn.at * drawn.trials as f64;
        successes += drawn.successes;
        trials += drawn.trials;
        if trials >= share || k + 1 == count {
            let (low, high) = clopper_pearson(successes, trials, LEVEL);
            let value = successes as f64 / trials as f64;
            points.push((sum / trials as f64, Estimate { value, low, high }));
            (sum, successes, trials) = (0.0, 0, 0);
        }
    }
    points
}
