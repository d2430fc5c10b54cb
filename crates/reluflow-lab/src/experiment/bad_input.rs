//! Tells the user where an input is wrong, what was expected there and what was found.

use std::fmt;
use std::path::PathBuf;

use super::origin::Origin;

/// Where an input came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A stretch of an experiment file, or of a flag's value.
    Text(Origin),
    /// A flag of the command line.
    Flag(String),
    /// A file or folder as a whole.
    Path(PathBuf),
}

/// An input that cannot be used.
///
/// Displays as a message of several lines: the problem with file and line (or flag), the line itself, then
/// what was expected and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct BadInput {
    /// Where.
    pub place: Place,
    /// What is wrong, in a few words.
    pub problem: Box<str>,
    /// What was expected.
    pub expected: Box<str>,
    /// What was found.
    pub found: Box<str>,
    /// What to do about it.
    pub hint: Option<Box<str>>,
}

impl BadInput {
    /// Bad input at a stretch of text.
    pub fn at(
        origin: &Origin,
        problem: impl ToString,
        expected: impl ToString,
        found: impl ToString,
    ) -> Self {
        Self::new(Place::Text(origin.clone()), problem, expected, found)
    }

    /// Bad input anywhere.
    pub fn new(place: Place, problem: impl ToString, expected: impl ToString, found: impl ToString) -> Self {
        Self {
            place,
            problem: problem.to_string().into(),
            expected: expected.to_string().into(),
            found: found.to_string().into(),
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl ToString) -> Self {
        self.hint = Some(hint.to_string().into());
        self
    }

    /// Adds "did you mean" when a name is close to one that exists.
    #[must_use]
    pub fn suggest<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, known) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// The name most like a misspelt one, if any is close.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Jaro–Winkler similarity below which two names are just different.
    const CLOSE: f64 = 0.75;
    /// Share of letters that stay: words of one beginning may have nothing else in common.
    const SAME_LETTERS: f64 = 0.5;
    /// Length from which a name with one letter wrong, or two exchanged, is meant: in short words few letters are the same.
    const ONE_SLIP: usize = 3;
    let similarity = |candidate: &str| {
        let slip = name.len() >= ONE_SLIP && strsim::damerau_levenshtein(name, candidate) == 1;
        let similarity = strsim::jaro_winkler(name, candidate);
        if slip { similarity.max(CLOSE) } else { similarity }
    };
    known
        .into_iter()
        .map(|candidate| (similarity(candidate), candidate))
        .filter(|(similarity, candidate)| {
            *similarity >= CLOSE && strsim::normalized_damerau_levenshtein(name, candidate) >= SAME_LETTERS
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = match &self.place {
            Place::Text(origin) => {
                let (line, column, text) = origin.line();
                let number = line.to_string();
                let margin = " ".repeat(number.len());
                match origin.is_file() {
                    true => writeln!(f, "{}, line {line}: {}", origin.name(), self.problem)?,
                    false => writeln!(f, "{}: {}", origin.name(), self.problem)?,
                }
                let width = origin
                    .width()
                    .clamp(1, text.len().saturating_sub(column - 1).max(1));
                writeln!(f, " {margin} |")?;
                writeln!(f, " {number} | {text}")?;
                writeln!(f, " {margin} | {}{}", " ".repeat(column - 1), "^".repeat(width))?;
                margin
            }
            Place::Flag(flag) => {
                writeln!(f, "{flag}: {}", self.problem)?;
                String::new()
            }
            Place::Path(path) => {
                writeln!(f, "{}: {}", path.display(), self.problem)?;
                String::new()
            }
        };
        writeln!(f, " {margin} = expected: {}", self.expected)?;
        write!(f, " {margin} = found: {}", self.found)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n {margin} = help: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BadInput {}
