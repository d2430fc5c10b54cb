//! `reluflow field`: runs the experiments of other papers, and draws each paper's kind of picture on one page.

use std::io::{self, Write};
use std::path::PathBuf;
use std::thread::available_parallelism;

use reluflow::flow::Interrupt;
use reluflow_lab::RunFolder;
use reluflow_report::field::{self, Entry};
use reluflow_report::{Page, write};

use crate::args::FieldOptions;
use crate::live::say;
use crate::paper::complete;
use crate::signals::listen;
use crate::{Done, Failure};

/// Runs the command.
pub(crate) fn run(options: &FieldOptions) -> Result<Done, Failure> {
    if options.list {
        let mut out = io::stdout().lock();
        let width = field::ALL.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
        for entry in field::ALL {
            writeln!(out, "{:width$}  {}", entry.name, entry.title())?;
        }
        return Ok(Done::Completely);
    }
    let chosen: Vec<&Entry> = match options.names.as_slice() {
        [] => field::ALL.iter().collect(),
        names => names.iter().filter_map(|name| Entry::from_name(name)).collect(),
    };
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("runs/field"));
    let threads = options
        .threads
        .map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    let settings = options.settings.overrides();
    let mut experiments = Vec::new();
    for entry in chosen {
        let experiment = entry.experiment(&settings)?;
        // A folder of other runs is refused before the first trial.
        RunFolder::check(&folder.join(entry.name), &experiment)?;
        experiments.push((entry, experiment));
    }
    let interrupt = Interrupt::default();
    listen(&interrupt, None);
    let mut page = Page::new("Experiments of the field");
    page.paragraph("Experiments of other papers on the dynamics of one-hidden-layer networks, shrunk to seconds or minutes. Each says what is expected, then shows what was seen.");
    for (entry, experiment) in &experiments {
        if !complete(experiment, &folder, threads, options.quiet, &interrupt)? {
            say(&format!(
                "interrupted: what is done is kept in {}; the same command resumes",
                folder.display()
            ));
            return Ok(Done::Interrupted);
        }
        field::add(&mut page, entry, experiment, &folder, &interrupt)?;
    }
    // The page of some experiments leaves that of all as it is.
    let file = match options.names.as_slice() {
        [] => "field.html".to_owned(),
        names => format!("{}.html", names.join("-")),
    };
    let file = folder.join(file);
    write(&file, page.html().as_bytes())?;
    writeln!(io::stdout().lock(), "{}", file.display())?;
    Ok(Done::Completely)
}
