//! Reports on the folder of any run: what was run, its figures, its cells, what is missing.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use reluflow_lab::Result;
use reluflow_lab::experiment::{BadInput, Place};
use reluflow_lab::store::Found;
use reluflow_lab::summary::sliding_in;
use reluflow_lab::{CellSummary, Experiment, RunFolder, summarize};

use super::choose::{Named, figures};
use super::{Page, quoted, save, words, write};

/// Reads a run's folder, writes `report.html` and `figures/*.{svg,png,pdf}` into it, and returns the page's path.
///
/// Cells without draws are drawn as missing and listed.
///
/// # Errors
/// [`reluflow_lab::Error::BadInput`] when the folder is not a run's or has no trials yet; otherwise when something cannot be
/// read or written.
pub fn write_run_report(path: &Path) -> Result<PathBuf> {
    let (folder, experiment) = RunFolder::open(path)?;
    let found = folder.read(&experiment)?;
    if found.trials.is_empty() {
        let place = Place::Path(path.to_owned());
        return Err(
            BadInput::new(place, "nothing to report", "at least one finished trial", "none")
                .hint("let `reluflow run` finish some trials first")
                .into(),
        );
    }
    let figures = figures(&experiment, &found.trials)?;
    for named in &figures {
        save(&path.join("figures"), &named.name, &named.chart)?;
    }
    let page = page(path, &experiment, &found, &figures);
    let file = path.join("report.html");
    write(&file, page.html().as_bytes())?;
    Ok(file)
}

fn page(path: &Path, experiment: &Experiment, found: &Found, figures: &[Named]) -> Page {
    let mut page = Page::new(&format!("Report on the run {}", experiment.name));
    let summaries = summarize(experiment, &found.trials);
    page.paragraph(&words::answer(experiment, &found.trials, &summaries));
    for sentence in words::interpolates(experiment) {
        page.paragraph(&sentence);
    }
    for notice in missing(experiment, found, &summaries) {
        page.notice(&notice);
    }
    for note in experiment.notes() {
        page.notice(&note.to_string());
    }
    if let Some(note) = sliding_in(&summaries) {
        page.notice(&note);
    }
    page.section("Figures");
    for named in figures {
        page.figure(&named.chart, &named.caption);
    }
    page.paragraph("The same figures are in the folder's `figures`, as SVG, PNG and PDF.");
    page.section("What was run");
    page.paragraph(&format!(
        "{} trials of {} planned, in {} cells; seed {}; reluflow {}; written on {}. A trial's random numbers depend on seed, \
         n, d, p and draw alone. Settings have the SHA-256 {}.",
        found.trials.len(),
        experiment.trials(),
        experiment.cells.len(),
        experiment.seed,
        env!("CARGO_PKG_VERSION"),
        today(),
        experiment.digest(),
    ));
    for sentence in words::data_digests(experiment)
        .iter()
        .chain(&words::units(experiment))
    {
        page.paragraph(sentence);
    }
    page.paragraph("To repeat it, or to resume where it stopped:");
    let (dir, file) = (quoted(path), quoted(&path.join("experiment.toml")));
    page.verbatim(&format!("reluflow run {file} --out {dir}\nreluflow report {dir}"));
    page.folded(
        "The experiment file, defaults filled in",
        &experiment.to_toml(experiment.draws),
    );
    page.section("Cells");
    page.list(&words::columns(&summaries));
    cells_table(&mut page, experiment, &summaries);
    page
}

/// Today's date, in universal time.
fn today() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    date(seconds / 86_400)
}

/// The date so many days after 1 January 1970, in the Gregorian calendar: years are counted from March, so that the odd
/// day of leap years comes last.
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}

/// What the run lacks, in sentences.
pub(super) fn missing(experiment: &Experiment, found: &Found, summaries: &[CellSummary]) -> Vec<String> {
    let mut notices = Vec::new();
    let cells = experiment.cells.iter().zip(summaries);
    let empty: Vec<String> = cells
        .filter(|(_, summary)| summary.draws == 0)
        .map(|(cell, _)| experiment.describe(cell))
        .collect();
    let partial = summaries
        .iter()
        .filter(|summary| summary.draws > 0 && summary.draws < experiment.draws)
        .count();
    if !empty.is_empty() {
        const SHOWN: usize = 12;
        let mut text = format!(
            "Missing: {} of {} cells have no draw yet: ",
            empty.len(),
            summaries.len()
        );
        text += &empty.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
        text += if empty.len() > SHOWN { "; …" } else { "." };
        notices.push(text);
    }
    if partial > 0 {
        notices.push(format!(
            "Incomplete: {partial} cells have fewer than the {} draws planned; intervals are those of the draws done.",
            experiment.draws
        ));
    }
    for damage in &found.damaged {
        notices.push(format!("Left out: {damage}."));
    }
    if let Some(failed) = found.failed.first() {
        notices.push(format!(
            "Left out: {} trials that failed, the first with: {}.",
            found.failed.len(),
            failed.message
        ));
    }
    notices
}

/// One row a cell.
fn cells_table(page: &mut Page, experiment: &Experiment, summaries: &[CellSummary]) {
    let mut head = vec!["d", "n", "p"];
    head.extend(experiment.axes.iter().map(String::as_str));
    head.extend([
        "converged",
        "probability, 95 %",
        "remaining loss",
        "median time to success",
        "verdicts",
    ]);
    let rows: Vec<Vec<String>> = summaries
        .iter()
        .map(|cell| {
            let mut row = vec![cell.d.to_string(), cell.n.to_string(), cell.p.to_string()];
            row.extend(cell.axes.iter().map(|(_, value)| value.to_string()));
            row.push(format!("{} of {}", cell.converged, cell.draws));
            row.push(match cell.draws {
                0 => "–".to_owned(),
                _ => format!(
                    "{:.2} [{:.2}, {:.2}]",
                    cell.probability(),
                    cell.interval.0,
                    cell.interval.1
                ),
            });
            row.push(if cell.remaining_loss.is_finite() {
                format!("{:.2e}", cell.remaining_loss)
            } else {
                "–".to_owned()
            });
            row.push(
                cell.median_time
                    .map_or("–".to_owned(), |time| format!("{time:.1}")),
            );
            let verdicts = cell
                .verdicts
                .iter()
                .map(|(kind, count)| format!("{kind} {count}"));
            row.push(verdicts.collect::<Vec<_>>().join(", "));
            row
        })
        .collect();
    page.table(&head, &rows);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        // 2000 is a leap year, 1900 and 2100 are none.
        let cases = [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
            (20_785, "2026-11-28"),
        ];
        for (days, expected) in cases {
            assert_eq!(date(days), expected);
        }
    }
}
