//! Answers questions beyond the paper, each from its own experiment files: runs, tables, a figure, the numbers in words.
//!
//! ```text
//! experiments/findings/*.toml ─plan→ studies ─run or search→ folders ─write_up→ tables, figures, sentences
//! ```
//!
//! A finding is one folder: its parts in `studies.rs`, what is drawn in `figure.rs`, and in `mod.rs` a function from what the parts gave
//! to a [`Written`]. A part is an experiment file, run draw by draw like any other, or searched for thresholds like `reluflow threshold`
//! does. What several findings fit is beside the folders.

mod capacity;
mod curvature;
mod elasticity;
mod failures;
mod interpolation;
mod optimisation;
mod small_starts;
mod study;
mod table;
mod teachers;
mod vanishing;

use std::path::{Path, PathBuf};

use reluflow_lab::Result;
use reluflow_lab::{Experiment, Override};

use crate::{Named, save, write};

pub use study::{Found, Results, Study};
pub use table::Table;

/// A question beyond the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// Where gradient flow stops interpolating.
    Interpolation,
    /// Whether simple labels move that.
    Teachers,
    /// Whether the curvature left on orthogonal inputs is of order 1/√n.
    Curvature,
    /// Whether the flow fails only where its initialisation did.
    Failures,
    /// How large what is learnt from a vanishing start is.
    Vanishing,
    /// How much the flow can fit, by slope and loss.
    Capacity,
    /// Where the flow stops interpolating a linear teacher with noise.
    OptimisationThreshold,
    /// Whether a small start helps.
    SmallStarts,
}

/// What a finding says.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The numbers in sentences.
    pub sentences: Vec<String>,
    /// Summary tables, small enough to keep.
    pub tables: Vec<Table>,
    /// Figures.
    pub figures: Vec<Named>,
}

/// One experiment file of a finding.
struct Part {
    /// Its name: the file's, the folder's.
    name: &'static str,
    /// The file.
    text: &'static str,
    /// What is set over it, as (key, value in TOML).
    settings: &'static [(&'static str, &'static str)],
    /// What a quick version sets over it besides; none where a quick version goes without it.
    quick: Option<&'static [(&'static str, &'static str)]>,
    /// Where it is searched for thresholds along n: the half-width of the intervals, in full and quick. Otherwise
    /// every draw of every cell is run.
    search: Option<(f64, f64)>,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Interpolation,
        Self::Teachers,
        Self::Curvature,
        Self::Failures,
        Self::Vanishing,
        Self::Capacity,
        Self::OptimisationThreshold,
        Self::SmallStarts,
    ];

    /// Its name on the command line and of its page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interpolation => "interpolation",
            Self::Teachers => "teachers",
            Self::Curvature => "curvature",
            Self::Failures => "failures",
            Self::Vanishing => "vanishing",
            Self::Capacity => "capacity",
            Self::OptimisationThreshold => "optimisation-threshold",
            Self::SmallStarts => "small-starts",
        }
    }

    /// The finding of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|finding| finding.name() == name)
    }

    fn parts(self) -> &'static [Part] {
        match self {
            Self::Interpolation => interpolation::PARTS,
            Self::Teachers => teachers::PARTS,
            Self::Curvature => curvature::PARTS,
            Self::Failures => failures::PARTS,
            Self::Vanishing => vanishing::PARTS,
            Self::Capacity => capacity::PARTS,
            Self::OptimisationThreshold => optimisation::PARTS,
            Self::SmallStarts => small_starts::PARTS,
        }
    }

    /// Its studies, in the order in which they are run; `quick` ones take minutes and show roughly the same.
    /// `settings` are set over every experiment file.
    ///
    /// # Errors
    /// [`reluflow_lab::Error::BadInput`] when the settings make no experiment.
    pub fn plan(self, quick: bool, settings: &[Override]) -> Result<Vec<Study>> {
        let parts = self.parts().iter().filter(|part| !quick || part.quick.is_some());
        parts.map(|part| part.study(quick, settings)).collect()
    }

    /// Reads the studies' folders in `folder` and writes there `NAME.csv` for every table, and the figures as
    /// `NAME.svg`, `.png` and `.pdf`. What is not complete is left out.
    ///
    /// # Errors
    /// When a folder cannot be read or a file cannot be written.
    pub fn write_up(self, folder: &Path, studies: &[Study]) -> Result<Written> {
        let results = studies
            .iter()
            .map(|study| study.read(folder))
            .collect::<Result<Vec<_>>>()?;
        let written = match self {
            Self::Interpolation => interpolation::write_up(&results),
            Self::Teachers => teachers::write_up(&results),
            Self::Curvature => curvature::write_up(&results),
            Self::Failures => failures::write_up(&results),
            Self::Vanishing => vanishing::write_up(&results),
            Self::Capacity => capacity::write_up(&results),
            Self::OptimisationThreshold => optimisation::write_up(&results),
            Self::SmallStarts => small_starts::write_up(&results),
        };
        for table in &written.tables {
            write(
                &folder.join(format!("{}.csv", table.name)),
                table.csv().as_bytes(),
            )?;
        }
        for named in &written.figures {
            save(folder, &named.name, &named.chart)?;
        }
        Ok(written)
    }
}

impl Part {
    fn study(&self, quick: bool, settings: &[Override]) -> Result<Study> {
        let quick_settings = self.quick.filter(|_| quick).unwrap_or_default();
        let own = self.settings.iter().chain(quick_settings).map(Override::new);
        let overrides: Vec<Override> = own.chain(settings.iter().cloned()).collect();
        let source = format!("the experiment {}", self.name);
        Ok(Study {
            name: self.name.to_owned(),
            experiment: Experiment::from_text(&source, self.name, self.text, &overrides, Path::new(""))?,
            precision: self.search.map(|(full, rough)| if quick { rough } else { full }),
        })
    }
}

/// The results of the study of a name, if it has any.
fn of<'a>(results: &'a [Results], name: &str) -> Option<&'a Results> {
    let found = results.iter().find(|one| one.study.name == name)?;
    (!found.trials.is_empty()).then_some(found)
}

/// Where the folder of a study lies.
fn place(folder: &Path, study: &Study) -> PathBuf {
    folder.join(&study.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_study_of_both_sizes_is_a_sound_experiment_under_a_name_of_its_own() {
        for quick in [false, true] {
            let mut names = Vec::new();
            for finding in Finding::ALL {
                assert_eq!(Finding::from_name(finding.name()), Some(finding));
                for study in finding.plan(quick, &[]).unwrap() {
                    assert!(!study.experiment.cells.is_empty(), "{}", study.name);
                    names.push(study.name);
                }
            }
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count);
        }
    }
}
