//! Runs the experiments of other papers on these dynamics from files of some twenty lines, and draws each paper's kind of picture.
//!
//! An entry is a file of `experiments/field/` and a line of the list: its name and the pictures. What is expected stands in the file's comment.

mod list;

use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::experiment::Cell;
use reluflow_lab::{CellSummary, Experiment, Override, Result, RunFolder, Trial, summarize};

use crate::figures::{shares, spurious_series};
use crate::path::{Along, follow};
use crate::pictures::{self, Kind, Wish, curves, losses, plain_markup, table_picture};
use crate::{Named, Page};

pub use list::ALL;

/// Rows a decade of a picture over time.
const ROWS: u32 = 40;

/// A picture of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// A column of the trials along an axis, a line for each value of another.
    Column(&'static str, &'static str, Option<&'static str>),
    /// Means of a column over two axes.
    Map(&'static str, &'static str, &'static str),
    /// How a column is distributed, for each value of an axis.
    Histogram(&'static str, &'static str),
    /// The losses of all draws over time.
    Losses,
    /// Shares of spurious minima against the width, of runs on a population.
    Shares,
    /// The path of the first draw of the first cell.
    Path(Kind),
}

/// An experiment of another paper.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name: the file's.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
    /// What is drawn.
    pub pictures: &'static [Drawn],
}

impl Entry {
    /// The entry of a name.
    pub fn from_name(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|entry| entry.name == name)
    }

    /// The experiment.
    ///
    /// # Errors
    /// When the settings make none.
    pub fn experiment(&self, settings: &[Override]) -> Result<Experiment> {
        let source = format!("the experiment {}", self.name);
        Experiment::from_text(&source, self.name, self.text, settings, Path::new(""))
    }

    /// The comment at the head of the file, one string a sentence or label: what it is, its source, what was shrunk, what is expected.
    pub fn comment(&self) -> Vec<String> {
        let mut paragraphs: Vec<String> = Vec::new();
        for line in self.text.lines().map_while(|line| line.strip_prefix('#')) {
            let line = line.trim();
            let begins = [
                "Source:",
                "Set-up:",
                "Set-up as published:",
                "Expected:",
                "As it is usually written:",
            ]
            .iter()
            .any(|label| line.starts_with(label));
            match paragraphs.last_mut() {
                Some(last) if !begins => {
                    last.push(' ');
                    last.push_str(line);
                }
                _ => paragraphs.push(line.to_owned()),
            }
        }
        paragraphs
    }

    /// The first sentence of the comment.
    pub fn title(&self) -> String {
        self.comment().into_iter().next().unwrap_or_default()
    }

    /// Draws the pictures from the trials of a folder; those over time are computed anew.
    ///
    /// # Errors
    /// When the folder cannot be read, or a picture not be drawn.
    pub fn draw(
        &self,
        experiment: &Experiment,
        trials: &[Trial],
        interrupt: &Interrupt,
    ) -> Result<Vec<Named>> {
        let mut drawn = Vec::new();
        for picture in self.pictures {
            let (suffix, chart, caption) = match *picture {
                Drawn::Column(column, x, by) => {
                    let wish = Wish::Column {
                        x: Some(x.to_owned()),
                        by: by.map(str::to_owned),
                    };
                    let caption = format!(
                        "{column} at the end against {x}: every draw, with means and 95 % intervals."
                    );
                    (
                        column.to_owned(),
                        table_picture(experiment, trials, column, &wish)?,
                        caption,
                    )
                }
                Drawn::Map(column, x, y) => {
                    let wish = Wish::Map {
                        x: Some(x.to_owned()),
                        y: Some(y.to_owned()),
                    };
                    let caption = format!("Means of {column} at the end over {x} and {y}.");
                    (
                        format!("{column}-map"),
                        table_picture(experiment, trials, column, &wish)?,
                        caption,
                    )
                }
                Drawn::Histogram(column, by) => {
                    let wish = Wish::Histogram {
                        by: Some(by.to_owned()),
                    };
                    let caption = format!("{column} at the end, for each value of {by}.");
                    (
                        column.to_owned(),
                        table_picture(experiment, trials, column, &wish)?,
                        caption,
                    )
                }
                Drawn::Losses => {
                    let cells: Vec<&Cell> = experiment.cells.iter().take(MOST_CELLS).collect();
                    let found = curves(
                        experiment,
                        &cells,
                        experiment.draws.min(MOST_DRAWS),
                        ROWS,
                        interrupt,
                    )?;
                    let names: Vec<String> = match cells.as_slice() {
                        [_] => vec![String::new()],
                        _ => cells
                            .iter()
                            .map(|cell| plain_markup(&experiment.describe(cell)))
                            .collect(),
                    };
                    (
                        "losses".to_owned(),
                        losses(&found, &names),
                        "The loss over time, a line a draw.".to_owned(),
                    )
                }
                Drawn::Shares => (
                    "shares".to_owned(),
                    shares(&spurious_series(experiment, trials)),
                    "Shares of starts that end in a spurious minimum, with 95 % intervals (Wilson)."
                        .to_owned(),
                ),
                Drawn::Path(kind) => {
                    let (path, _) = follow(experiment, &experiment.cells[0], 0, ROWS, interrupt)?;
                    let chart = pictures::picture(kind, &path, &Along::default())?;
                    let caption = format!("{} of draw 0 of the first cell.", kind.name());
                    (kind.name().to_owned(), chart, caption)
                }
            };
            drawn.push(Named {
                name: format!("{}-{suffix}", self.name),
                chart,
                caption,
            });
        }
        Ok(drawn)
    }
}

/// Most cells and draws whose losses are drawn over time.
const MOST_CELLS: usize = 6;
const MOST_DRAWS: u64 = 4;

/// The table of an experiment's cells: verdicts, and means of what was recorded.
fn table(page: &mut Page, summaries: &[CellSummary]) {
    let Some(first) = summaries.first() else { return };
    let axes: Vec<&str> = first.axes.iter().map(|(name, _)| name.as_str()).collect();
    let means: Vec<&str> = first.means.iter().map(|(name, _)| *name).collect();
    let mut head: Vec<&str> = vec!["d", "n", "p"];
    head.extend(&axes);
    head.extend(["draws", "verdicts"]);
    head.extend(&means);
    let number = |value: f64| {
        if value.is_nan() {
            "–".to_owned()
        } else if value == 0.0 || (1e-3..1e5).contains(&value.abs()) {
            format!("{value:.4}")
        } else {
            format!("{value:.2e}")
        }
    };
    let rows: Vec<Vec<String>> = summaries
        .iter()
        .map(|cell| {
            let mut row = vec![cell.d.to_string(), cell.n.to_string(), cell.p.to_string()];
            row.extend(cell.axes.iter().map(|(_, value)| value.to_string()));
            row.push(cell.draws.to_string());
            let verdicts: Vec<String> = cell
                .verdicts
                .iter()
                .map(|(kind, count)| format!("{count} {kind}"))
                .collect();
            row.push(verdicts.join(", "));
            row.extend(cell.means.iter().map(|(_, value)| number(*value)));
            row
        })
        .collect();
    page.table(&head, &rows);
}

/// Adds an experiment that has been run to a page, and saves its pictures in `folder`.
///
/// # Errors
/// When its folder cannot be read or a picture not be drawn.
pub fn add(
    page: &mut Page,
    entry: &Entry,
    experiment: &Experiment,
    folder: &Path,
    interrupt: &Interrupt,
) -> Result<()> {
    let trials = RunFolder::check(&folder.join(entry.name), experiment)?
        .read(experiment)?
        .trials;
    page.section(entry.name);
    for paragraph in entry.comment() {
        page.paragraph(&paragraph);
    }
    for named in entry.draw(experiment, &trials, interrupt)? {
        crate::save(&folder.join("pictures"), &named.name, &named.chart)?;
        page.figure(&named.chart, &named.caption);
    }
    table(page, &summarize(experiment, &trials));
    page.folded("The experiment file", entry.text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_a_sound_experiment_that_says_what_to_expect() {
        for entry in ALL {
            let experiment = entry
                .experiment(&[])
                .unwrap_or_else(|error| panic!("{}: {error}", entry.name));
            assert!(
                !experiment.cells.is_empty() && !entry.pictures.is_empty(),
                "{}",
                entry.name
            );
            assert_eq!(
                Entry::from_name(entry.name).map(|found| found.name),
                Some(entry.name)
            );
            let comment = entry.comment().join("\n");
            assert!(comment.contains("Expected:"), "{}", entry.name);
            // Sweeps over sizes and settings take seconds to minutes; a run on a population takes milliseconds.
            let most = if reluflow_lab::population::is_population(&experiment.cells[0]) {
                20_000
            } else {
                400
            };
            assert!(
                experiment.trials() <= most,
                "{}: {} trials",
                entry.name,
                experiment.trials()
            );
        }
    }

    /// A picture names columns that its experiment records, and axes that it sweeps.
    #[test]
    fn pictures_are_of_what_is_recorded() {
        for entry in ALL {
            let experiment = entry.experiment(&[]).unwrap();
            let record = &experiment.cells[0].spec.record;
            let recorded: Vec<&str> = record
                .observables
                .iter()
                .flat_map(|one| one.columns())
                .map(|one| one.name)
                .collect();
            let always = ["loss", "remaining_loss", "time", "converged", "steps"];
            let swept = |axis: &str| {
                ["d", "n", "p"].contains(&axis) || experiment.axes.iter().any(|name| name == axis)
            };
            for picture in entry.pictures {
                let (column, axes) = match picture {
                    Drawn::Column(column, x, by) => (*column, [Some(*x), *by]),
                    Drawn::Map(column, x, y) => (*column, [Some(*x), Some(*y)]),
                    Drawn::Histogram(column, by) => (*column, [Some(*by), None]),
                    Drawn::Losses | Drawn::Shares | Drawn::Path(_) => continue,
                };
                assert!(
                    recorded.contains(&column) || always.contains(&column),
                    "{}: {column}",
                    entry.name
                );
                assert!(
                    axes.iter().flatten().all(|axis| swept(axis)),
                    "{}: {axes:?}",
                    entry.name
                );
            }
        }
    }
}
