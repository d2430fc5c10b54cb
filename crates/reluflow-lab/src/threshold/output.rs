//! Writes what a study found: JSON, Parquet, a picture of the draws and the fitted curves.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{Column, Study};
use crate::error::{Error, Result};
use crate::experiment::AxisValue;
use crate::figures::{Axis as Scale, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use crate::report::save;
use crate::statistics::{Estimate, clopper_pearson};
use crate::store::table::Column as Field;
use crate::store::table::{self, Columns};

/// Most columns that are drawn.
const MOST_PANELS: usize = 12;
/// Points of a picture that draws are gathered into, about.
const POINTS: u64 = 14;

impl Study<'_> {
    /// Where along the axis the fitted probability is 3/4 and 1/4; none for a step or without a curve.
    pub fn quartiles(&self, column: &Column) -> Option<(f64, f64)> {
        let answer = column.found();
        column
            .search
            .place_of(&answer, 0.75)
            .zip(column.search.place_of(&answer, 0.25))
    }

    /// One JSON object for a column; a number that does not exist is null.
    pub fn to_json(&self, column: &Column) -> Value {
        let answer = column.found();
        let Estimate { value, low, high } = answer.estimate;
        let mut object = Map::new();
        for (name, value) in self.names().into_iter().zip(self.place_of(column)) {
            let value = match value {
                AxisValue::Number(number) if number.fract() == 0.0 => json!(number as i64),
                AxisValue::Number(number) => json!(number),
                AxisValue::Text(text) => json!(text),
            };
            object.insert(name, value);
        }
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("axis", json!(self.question.axis));
        put("target", json!(self.question.target));
        put("threshold", json!(value));
        put("ci_low", json!(low));
        put("ci_high", json!(high));
        put("precision", json!(answer.precision()));
        put("slope", json!(answer.slope));
        put("three_quarters", json!(self.quartiles(column).map(|ends| ends.0)));
        put("one_quarter", json!(self.quartiles(column).map(|ends| ends.1)));
        put("trials", json!(answer.trials));
        put("grid_trials", json!(column.grid_trials()));
        put("end", json!(answer.end.word()));
        Value::Object(object)
    }

    /// Writes `NAME.parquet`, one row a column; `NAME-draws.parquet`, one row a place; and the picture as
    /// `NAME.svg`, `.png` and `.pdf`, into `threshold/` of the run's folder. Returns the name with its folder.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn save(&self, folder: &Path) -> Result<PathBuf> {
        let folder = folder.join("threshold");
        std::fs::create_dir_all(&folder).map_err(|error| Error::file("making", &folder, error))?;
        let name = format!("{}-{}", self.question.axis, self.question.target);
        let write = |name: &str, columns: &Columns| {
            let path = folder.join(format!("{name}.parquet"));
            table::write(&path, columns).map_err(|source| Error::Parquet { path, source })
        };
        write(&name, &self.thresholds())?;
        write(&format!("{name}-draws"), &self.draws())?;
        save(&folder, &name, &picture(self))?;
        Ok(folder.join(name))
    }

    /// The columns' thresholds as a table: `NAME.parquet`.
    pub fn thresholds(&self) -> Columns {
        let answers: Vec<_> = self.columns.iter().map(Column::found).collect();
        let mut columns = self.identity(&self.columns.iter().collect::<Vec<_>>());
        let numbers = |values: Vec<f64>| Field::Numbers(values);
        let each = |read: fn(&Estimate) -> f64| answers.iter().map(|answer| read(&answer.estimate)).collect();
        columns.push(("threshold".into(), numbers(each(|estimate| estimate.value))));
        columns.push(("ci_low".into(), numbers(each(|estimate| estimate.low))));
        columns.push(("ci_high".into(), numbers(each(|estimate| estimate.high))));
        let slopes = answers.iter().map(|answer| answer.slope).collect();
        columns.push(("slope".into(), numbers(slopes)));
        let trials = answers.iter().map(|answer| answer.trials as i64).collect();
        columns.push(("trials".into(), Field::Integers(trials)));
        let grids = self.columns.iter().map(Column::grid_trials).collect();
        columns.push(("grid_trials".into(), Field::Optional(grids)));
        let ends = answers
            .iter()
            .map(|answer| answer.end.word().to_owned())
            .collect();
        columns.push(("end".into(), Field::Texts(ends)));
        columns
    }

    /// The columns' draws as a table: `NAME-draws.parquet`.
    pub fn draws(&self) -> Columns {
        let rows: Vec<_> = self
            .columns
            .iter()
            .flat_map(|column| column.drawn.iter().map(move |drawn| (column, drawn)))
            .collect();
        let mut columns = self.identity(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
        let at = rows.iter().map(|row| row.1.at).collect();
        columns.push((self.question.axis.clone(), Field::Numbers(at)));
        let count =
            |read: fn(&super::column::Drawn) -> u64| rows.iter().map(|row| read(row.1) as i64).collect();
        columns.push(("draws".into(), Field::Integers(count(|drawn| drawn.trials))));
        columns.push((
            "converged".into(),
            Field::Integers(count(|drawn| drawn.successes)),
        ));
        columns
    }

    /// What tells the columns of some rows apart.
    fn identity(&self, rows: &[&Column]) -> Columns {
        let places: Vec<_> = rows.iter().map(|column| self.place_of(column)).collect();
        let field = |k: usize| {
            let numbers: Option<Vec<f64>> = places
                .iter()
                .map(|place| match place[k] {
                    AxisValue::Number(number) => Some(number),
                    AxisValue::Text(_) => None,
                })
                .collect();
            match numbers {
                Some(numbers) => Field::Numbers(numbers),
                None => Field::Texts(places.iter().map(|place| place[k].to_string()).collect()),
            }
        };
        self.names()
            .into_iter()
            .enumerate()
            .map(|(k, name)| (name, field(k)))
            .collect()
    }
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
        legend: Vec::new(),
        width: PAGE,
        panel_height: 125.0,
    }
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
        .map(|(key, value)| format!("{} = {value}", name(key)))
        .collect();
    let Estimate { value, low, high } = column.found().estimate;
    let found = match low.is_finite() && high.is_finite() {
        true => format!(
            "{} [{}, {}]",
            four_digits(value),
            four_digits(low),
            four_digits(high)
        ),
        false => "not found".to_owned(),
    };
    let axis = name(study.question.axis.clone());
    format!(
        "{}: {} at {axis} = {found}",
        place.join(", "),
        study.question.target
    )
}

/// A number with four significant digits, or all that it has before the point.
pub fn four_digits(value: f64) -> String {
    match value.abs() {
        size if !size.is_finite() => if value > 0.0 { "∞" } else { "–" }.to_owned(),
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.1}"),
        size if size >= 10.0 => format!("{value:.2}"),
        size if size >= 1.0 => format!("{value:.3}"),
        _ => format!("{value:.3e}"),
    }
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
        dodge: 0.0,
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
            let (low, high) = clopper_pearson(successes, trials, crate::summary::LEVEL);
            let value = successes as f64 / trials as f64;
            points.push((sum / trials as f64, Estimate { value, low, high }));
            (sum, successes, trials) = (0.0, 0, 0);
        }
    }
    points
}
