//! `reluflow help`: explains a command, the keys of experiment files, columns, or verdicts.
//!
//! Files, columns and verdicts are described by the types that read and write them. As Markdown the same is a page of the documentation.

mod columns;
mod file;
mod markdown;
mod terminal;
mod verdicts;

use std::io::{self, Write};

use clap::CommandFactory;
use reluflow_lab::Error;
use reluflow_lab::experiment::{BadInput, Place};
use reluflow_lab::schema::Reference;

use crate::args::{Cli, HelpOptions};
use crate::{Done, Failure};

/// What can be explained other than commands, with how it is asked for.
const TOPICS: [&str; 3] = ["file", "columns", "verdicts"];

/// Runs the command.
pub(crate) fn run(options: &HelpOptions) -> Result<Done, Failure> {
    let words: Vec<&str> = options.topic.iter().map(String::as_str).collect();
    let text = match &words[..] {
        ["file", rest @ ..] => file(rest, options.markdown)?,
        ["columns"] => columns::text(options.markdown),
        ["verdicts"] => verdicts::text(options.markdown),
        commands => command(commands)?,
    };
    let mut out = io::stdout().lock();
    write!(out, "{text}")?;
    Ok(Done::Completely)
}

fn file(words: &[&str], as_markdown: bool) -> Result<String, Failure> {
    let reference = Reference::read();
    if as_markdown {
        return match words {
            [] => Ok(markdown::file(&reference)),
            _ => Err(unknown(
                "help file --markdown",
                "no section: the page has them all",
                words[0],
                &[],
            )),
        };
    }
    let Some((name, rest)) = words.split_first() else {
        return Ok(file::overview(&reference));
    };
    let section = reference
        .sections
        .iter()
        .find(|section| section.name == name.trim_matches(['[', ']']));
    let Some(section) = section else {
        let names: Vec<&str> = reference.sections.iter().map(|section| section.name).collect();
        return Err(unknown("help file", "a section", name, &names));
    };
    match rest {
        [] => Ok(file::section(&reference, section, None)),
        [law, ..] => {
            let names: Vec<&str> = section.tables.iter().map(|table| table.name.as_str()).collect();
            if section.tag.is_none() || !names.contains(law) {
                let names = if section.tag.is_none() { Vec::new() } else { names };
                return Err(unknown(
                    &format!("help file {name}"),
                    "a law or method",
                    law,
                    &names,
                ));
            }
            Ok(file::section(&reference, section, Some(law)))
        }
    }
}

/// The help of a command, as its own `--help` prints it.
fn command(words: &[&str]) -> Result<String, Failure> {
    let whole = Cli::command();
    let mut found = &whole;
    for word in words {
        found = found.find_subcommand(word).ok_or_else(|| {
            if TOPICS.contains(&words[0]) && words.len() > 1 {
                return unknown("help", &format!("`{}` alone", words[0]), words[1], &[]);
            }
            let names = found.get_subcommands().map(clap::Command::get_name);
            unknown(
                "help",
                "a command or a topic",
                word,
                &TOPICS.into_iter().chain(names).collect::<Vec<_>>(),
            )
        })?;
    }
    let arguments = ["reluflow"].iter().chain(words).chain(&["--help"]);
    let help = Cli::command().try_get_matches_from(arguments).err();
    Ok(help.map_or_else(String::new, |help| help.render().to_string()))
}

fn unknown(place: &str, what: &str, found: &str, known: &[&str]) -> Failure {
    let expected = match known {
        [] => what.to_owned(),
        known => format!("{what}: {}", known.join(", ")),
    };
    let bad = BadInput::new(Place::Flag(place.to_owned()), "unknown name", expected, found);
    Failure::Lab(Error::from(bad.suggest(found, known.iter().copied())))
}
