//! Reads which run a command follows: a file's, a folder's, or the default experiment's.

use std::path::Path;

use reluflow_lab::experiment::spec::DEFAULTS;
use reluflow_lab::{Experiment, Override};

use crate::Failure;
use crate::args::{OneRun, flag};
use crate::live::say;

/// The experiment file of a run's folder.
const KEPT: &str = "experiment.toml";
/// The name of the default experiment.
const NAME: &str = "trajectory";

/// The experiment of the file or of the flags, whose first cell is followed.
pub(crate) fn read(options: &OneRun) -> Result<Experiment, Failure> {
    let experiment = read_all(options)?;
    say_which(&experiment);
    Ok(experiment)
}

/// Says that the first cell is followed, where there are more.
pub(crate) fn say_which(experiment: &Experiment) {
    if experiment.cells.len() > 1 {
        say(&format!(
            "the first of {} cells: {}; choose another with --n, --d, --p or --set",
            experiment.cells.len(),
            experiment.describe(&experiment.cells[0])
        ));
    }
}

/// The same with all its cells.
pub(crate) fn read_all(options: &OneRun) -> Result<Experiment, Failure> {
    let sizes = [("n", options.n), ("d", options.d), ("p", options.p)];
    let mut overrides: Vec<Override> = sizes
        .into_iter()
        .filter_map(|(name, value)| {
            value.map(|value| flag(&format!("--{name}"), &format!("sweep.{name}"), value))
        })
        .collect();
    overrides.extend(options.settings.overrides());
    let Some(path) = &options.file else {
        let text = format!("[sweep]\np = {{ lemma5 = 0.05 }}\n\n{DEFAULTS}");
        return Ok(Experiment::from_text(
            "the default experiment",
            NAME,
            &text,
            &overrides,
            Path::new(""),
        )?);
    };
    if !path.is_dir() {
        return Ok(Experiment::from_file(path, &overrides)?);
    }
    // A run's folder keeps its experiment, which is called after the folder.
    let mut experiment = Experiment::from_file(&path.join(KEPT), &overrides)?;
    if let Some(name) = path.file_name() {
        experiment.name = name.to_string_lossy().into_owned();
    }
    Ok(experiment)
}
