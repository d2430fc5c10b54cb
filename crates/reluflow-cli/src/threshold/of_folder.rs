//! `reluflow threshold FOLDER`: the thresholds that the draws of a run say, along any axis; nothing is drawn.

use std::io::{self, Write};

use reluflow_lab::experiment::{AxisValue, BadInput, Place};
use reluflow_lab::summary::{LEVEL, sliding_in};
use reluflow_lab::threshold::{Searched, four_digits};
use reluflow_lab::{RunFolder, summarize};
use reluflow_report::grid::{Along, GridThreshold, grid_thresholds};
use reluflow_report::quoted;
use reluflow_statistics::Shape;
use serde_json::{Map, Value, json};

use crate::args::{Direction, ThresholdOptions};
use crate::live::say;
use crate::{Done, Failure, table};

/// Runs the command.
pub(super) fn run(options: &ThresholdOptions) -> Result<Done, Failure> {
    no_search(options)?;
    let (folder, experiment) = RunFolder::open(&options.file)?;
    let found = folder.read(&experiment)?;
    for damage in &found.damaged {
        say(&format!("warning: {damage}; its trials are left out"));
    }
    let searched = Searched::count(&folder, &experiment, &found)?;
    let along = Along {
        axis: options.axis.clone(),
        rises: options.direction.map(|direction| direction == Direction::Rises),
    };
    let fits = grid_thresholds(&experiment, &found.trials, &along, LEVEL)?;
    if fits.is_empty() {
        let place = Place::Path(options.file.clone());
        let axis = &along.axis;
        let expected = format!("finished draws at more than one {axis}, all else alike");
        return Err(reluflow_lab::Error::from(
            BadInput::new(place, "no threshold to fit", expected, "none").hint(draw_more(options)),
        )
        .into());
    }
    let mut out = io::stdout().lock();
    if options.json {
        for fit in &fits {
            writeln!(out, "{}", to_json(fit, &along.axis))?;
        }
    } else {
        for line in lines(&fits, &along.axis) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    if let Some(note) = sliding_in(&summarize(&experiment, &found.trials)).filter(|_| !options.quiet) {
        say(&note);
    }
    if searched.draws > 0 && !options.quiet {
        say(&left_out(&searched));
    }
    if !options.quiet && fits.iter().any(|fit| fit.threshold.shape != Shape::Regular) {
        say(&draw_more(options));
    }
    Ok(Done::Completely)
}

/// What to say of the draws of searches, which are no grid's.
fn left_out(searched: &Searched) -> String {
    let Searched { draws, studies, .. } = searched;
    let found = match &studies[..] {
        [] => String::new(),
        studies => format!("; results: threshold/{}", studies.join(", threshold/")),
    };
    format!("these fits use the grid's draws; {draws} draws from threshold searches are left out{found}")
}

/// Refuses what only a search understands.
fn no_search(options: &ThresholdOptions) -> Result<(), Failure> {
    let given = [
        ("--precision", options.precision.is_some()),
        ("--within", options.within.is_some()),
        ("--out", options.out.is_some()),
        ("--set", !options.settings.overrides().is_empty()),
        ("--target", options.target != 0.5),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => {
            let place = Place::Flag((*flag).to_owned());
            let expected = "no such option with a run's folder, whose draws are there already";
            let bad = BadInput::new(place, "nothing is drawn", expected, *flag).hint(draw_more(options));
            Err(reluflow_lab::Error::from(bad).into())
        }
    }
}

/// How to go on from these draws.
fn draw_more(options: &ThresholdOptions) -> String {
    let (folder, axis) = (quoted(&options.file), &options.axis);
    let file = quoted(&options.file.join("experiment.toml"));
    format!("more draws, placed where they tell most: reluflow threshold {file} --out {folder} --axis {axis}")
}

/// The table for people.
fn lines(fits: &[GridThreshold], axis: &str) -> Vec<String> {
    let mut header: Vec<String> = fits[0].place.iter().map(|(name, _)| name.clone()).collect();
    header.extend([
        format!("threshold in {axis}"),
        "95 % interval".into(),
        "draws".into(),
        "shape".into(),
    ]);
    let row = |fit: &GridThreshold| {
        let estimate = &fit.threshold.estimate;
        let mut row: Vec<String> = fit.place.iter().map(|(_, value)| value.to_string()).collect();
        row.push(match estimate.value.is_finite() {
            true => four_digits(estimate.value),
            false => "–".to_owned(),
        });
        let low = match estimate.low {
            f64::NEG_INFINITY => "−∞".to_owned(),
            low => four_digits(low),
        };
        row.push(format!("{low} – {}", four_digits(estimate.high)));
        row.push(fit.draws.to_string());
        row.push(fit.threshold.shape.word().to_owned());
        row
    };
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(fits.iter().map(row)).collect();
    table::aligned(&rows)
}

/// One JSON object; a number that does not exist is null.
fn to_json(fit: &GridThreshold, axis: &str) -> Value {
    let mut object = Map::new();
    for (name, value) in &fit.place {
        let value = match value {
            AxisValue::Number(number) if number.fract() == 0.0 => json!(*number as i64),
            AxisValue::Number(number) => json!(number),
            AxisValue::Text(text) => json!(text),
        };
        object.insert(name.clone(), value);
    }
    let estimate = &fit.threshold.estimate;
    for (key, value) in [
        ("axis", json!(axis)),
        ("threshold", json!(estimate.value)),
        ("ci_low", json!(estimate.low)),
        ("ci_high", json!(estimate.high)),
        ("slope", json!(fit.threshold.slope)),
        ("draws", json!(fit.draws)),
        ("shape", json!(fit.threshold.shape.word())),
    ] {
        object.insert(key.to_owned(), value);
    }
    Value::Object(object)
}
