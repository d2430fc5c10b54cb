//! Reads columns from a text: separated by a character or by blanks, with or without a line of names.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::Unusable;
use super::choice::{Candidate, Trouble, excerpt, is_index};
use super::number::Field;

/// Records from which separator and header are told.
const SAMPLE: usize = 500;
/// Separators that are told by themselves, in this order where they do equally well.
const SEPARATORS: [Separator; 5] = [
    Separator::Character(b','),
    Separator::Character(b'\t'),
    Separator::Character(b';'),
    Separator::Character(b'|'),
    Separator::Blanks,
];

/// What stands between two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Character(u8),
    /// One blank or several.
    Blanks,
}

/// How the keys of `[data]` say that the text is written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Layout {
    pub(super) header: Option<bool>,
    pub(super) separator: Option<Separator>,
    pub(super) point: Option<char>,
}

/// A text's columns, and whether a line of names was read.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) columns: Vec<Candidate>,
    pub(super) header: bool,
}

/// A line number with its fields.
type Line = (u64, StringRecord);

impl Separator {
    /// Reads the key `separator`.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.as_bytes() {
            _ if ["space", " ", "blanks"].contains(&name) => Some(Self::Blanks),
            _ if ["tab", "\t", "\\t"].contains(&name) => Some(Self::Character(b'\t')),
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'"' => {
                Some(Self::Character(*byte))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Separator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Character(b'\t') => write!(f, "tab"),
            Self::Character(byte) => write!(f, "{}", char::from(*byte)),
            Self::Blanks => write!(f, "space"),
        }
    }
}

/// The lines that are not empty, and no comments of `#`.
fn lines(text: &str, separator: Separator) -> Box<dyn Iterator<Item = Result<Line, csv::Error>> + '_> {
    match separator {
        Separator::Blanks => Box::new(
            text.lines()
                .zip(1u64..)
                .filter(|(line, _)| !line.trim().is_empty() && !line.starts_with('#'))
                .map(|(line, number)| Ok((number, StringRecord::from_iter(line.split_whitespace())))),
        ),
        Separator::Character(byte) => Box::new(
            ReaderBuilder::new()
                .delimiter(byte)
                .has_headers(false)
                .flexible(true)
                .trim(Trim::All)
                .comment(Some(b'#'))
                .from_reader(text.as_bytes())
                .into_records()
                .filter(
                    |record| !matches!(record, Ok(record) if record.len() == 1 && record.get(0) == Some("")),
                )
                .map(|record| {
                    record.map(|record| (record.position().map_or(0, csv::Position::line), record))
                }),
        ),
    }
}

/// Reads a text.
pub(super) fn read(path: &Path, text: &str, layout: Layout) -> Result<Text, Unusable> {
    let bad = |error: csv::Error| Unusable::new(path, "lines of numbers", error);
    // Excel writes `sep=;` before everything else: a comment for us, which leaves lines their numbers.
    let declared = text.lines().next().and_then(|line| line.strip_prefix("sep="));
    let declared = declared.and_then(Separator::named);
    let commented;
    let text = match (declared, layout.header) {
        (Some(_), _) => {
            commented = format!("#{text}");
            &commented
        }
        // A header behind `#`, as NumPy writes it, counts where a header is asked for.
        (None, Some(true)) => text.strip_prefix('#').unwrap_or(text),
        _ => text,
    };
    let separator = match layout.separator.or(declared) {
        Some(separator) => separator,
        None => tell_separator(path, text)?,
    };
    let mut sample = Vec::new();
    for line in lines(text, separator).take(SAMPLE) {
        sample.push(line.map_err(bad)?);
    }
    let Some(((_, first), body)) = sample.split_first() else {
        return Err(Unusable::new(path, "lines of numbers", "an empty file"));
    };
    let header = match layout.header {
        Some(header) => header,
        None => tell_header(path, first, body)?,
    };
    let mut width = first.len();
    // R leaves the name of the row names out.
    let short = header && body.first().is_some_and(|(_, row)| row.len() == width + 1);
    width += usize::from(short);
    let in_quotes = first.iter().all(|field| unquoted(field).is_some());
    let name = |k: usize| {
        let place = match (header, short) {
            (false, _) => return format!("column {k}"),
            (true, true) => k.wrapping_sub(1),
            (true, false) => k,
        };
        let name = first.get(place).unwrap_or("");
        unquoted(name).filter(|_| in_quotes).unwrap_or(name).to_owned()
    };
    let mut columns: Vec<Candidate> = (0..width)
        .map(|k| Candidate {
            name: name(k),
            ..Candidate::default()
        })
        .collect();
    let mut empty = vec![true; width];
    let point = layout.point.unwrap_or('.');
    for line in lines(text, separator).skip(usize::from(header)) {
        let (number, row) = line.map_err(bad)?;
        if row.len() != width {
            return Err(Unusable::new(
                path,
                format!("{width} fields in every line, separated by `{separator}`"),
                format!("{} in line {number}", row.len()),
            )
            .hint("see whether that line lacks a field; another separator: separator = \";\", \"tab\", \"space\", …"));
        }
        for ((column, empty), field) in columns.iter_mut().zip(&mut empty).zip(row.iter()) {
            *empty &= field.is_empty();
            let place = || format!("line {number}");
            let (value, trouble) = match Field::read(field, point) {
                Field::Number(value) => (value, None),
                Field::Gap => (f64::NAN, Some(Trouble::Gap(place()))),
                Field::Comma => (f64::NAN, Some(Trouble::Comma(place(), excerpt(field)))),
                Field::Text => (f64::NAN, Some(Trouble::Text(place(), excerpt(field)))),
            };
            column.values.push(value);
            if column.trouble.is_none() {
                column.trouble = trouble;
            }
        }
    }
    for (column, empty) in columns.iter_mut().zip(empty) {
        let unnamed = header && (column.name.is_empty() || column.name.starts_with("Unnamed: "));
        column.aside = match (&column.trouble, empty) {
            (_, true) if unnamed || !header => Some("empty"),
            (None, _) if unnamed && is_index(&column.values) => Some("row numbers"),
            (Some(Trouble::Text(..)), _) if unnamed => Some("row names"),
            _ => None,
        };
        if column.aside.is_none() && unnamed && column.name.is_empty() {
            return Err(Unusable::new(
                path,
                "a name for every column",
                "none for one that is no row number",
            )
            .hint("name it in the first line; drop = [\"\"] leaves it out"));
        }
    }
    Ok(Text { columns, header })
}

/// What stands in single quotes.
fn unquoted(field: &str) -> Option<&str> {
    field.strip_prefix('\'')?.strip_suffix('\'')
}

/// The separator that gives lines of one length and the most numbers.
fn tell_separator(path: &Path, text: &str) -> Result<Separator, Unusable> {
    let mut best: Vec<(Separator, (f64, f64))> = Vec::new();
    for separator in SEPARATORS {
        let rows: Vec<StringRecord> = lines(text, separator)
            .take(SAMPLE)
            .map_while(|line| line.ok().map(|(_, row)| row))
            .collect();
        let Some(last) = rows.last() else { continue };
        // The header may be one name short, or a line of its own.
        let body = if rows.len() > 1 { &rows[1..] } else { &rows[..] };
        let width = body.iter().map(StringRecord::len).max().unwrap_or(last.len());
        if width < 2 {
            continue;
        }
        let alike = body.iter().filter(|row| row.len() == width).count() as f64 / body.len() as f64;
        let fields = body.iter().flatten();
        let (mut numbers, mut count) = (0u32, 0u32);
        for field in fields {
            count += 1;
            numbers += u32::from(Field::read(field, '.').is_numeric());
        }
        best.push((separator, (alike, f64::from(numbers) / f64::from(count))));
    }
    // A length shared by all lines counts before numbers.
    let consistent = |score: &(f64, f64)| (if score.0 == 1.0 { 1.0 } else { score.0 / 2.0 }, score.1);
    let top = best
        .iter()
        .map(|(_, score)| consistent(score))
        .fold((0.0, 0.0), |top, score| if score > top { score } else { top });
    let mut winners: Vec<Separator> = best
        .iter()
        .filter(|(_, score)| consistent(score) == top)
        .map(|(separator, _)| *separator)
        .collect();
    if winners.len() > 1 {
        // Blanks stand beside other separators, too.
        winners.retain(|separator| *separator != Separator::Blanks);
    }
    match winners[..] {
        // One column: any separator will do.
        [] => Ok(Separator::Character(b',')),
        [only] => Ok(only),
        [first, second, ..] => Err(Unusable::new(
            path,
            "one separator",
            format!("lines that {first} and {second} part equally well"),
        )
        .hint(format!("name it: separator = \"{first}\""))),
    }
}

/// Whether the first line holds names.
fn tell_header(path: &Path, first: &StringRecord, body: &[Line]) -> Result<bool, Unusable> {
    let ambiguous = |found: String| {
        Err(
            Unusable::new(path, "a first line that is clearly names or numbers", found)
                .hint("header = true takes it for names, header = false for an example"),
        )
    };
    let shown = || excerpt(&first.iter().collect::<Vec<_>>().join(", "));
    let offset = body
        .first()
        .map_or(0, |(_, row)| row.len().saturating_sub(first.len()));
    let of_column = |k: usize| body.iter().filter_map(move |(_, row)| row.get(k + offset));
    let (mut names, mut numbers, mut gaps) = (0u32, 0u32, 0u32);
    for (k, field) in first.iter().enumerate() {
        match Field::read(field, '.') {
            Field::Number(_) | Field::Comma => numbers += 1,
            Field::Gap if field.is_empty() => gaps += 1,
            // A word above numbers is a name; above words it may be either.
            _ if of_column(k).any(|field| Field::read(field, '.').is_numeric()) || body.is_empty() => {
                names += 1
            }
            _ => {}
        }
    }
    // RangeIndex, as pandas names columns that have no names.
    let counts =
        |fields: &mut dyn Iterator<Item = &str>| fields.zip(0..).all(|(field, k)| field == k.to_string());
    match (names, numbers) {
        (1.., 0) => Ok(true),
        (1.., _) => ambiguous(format!("both in it: {}", shown())),
        (0, 0) if gaps == 0 => ambiguous(format!("words alone, above words: {}", shown())),
        (0, 0) => ambiguous("no name and no number in it".to_owned()),
        (0, _) if first.get(0) == Some("") => {
            let row_numbers = of_column(0).zip(0..).all(|(field, k)| field == k.to_string());
            match counts(&mut first.iter().skip(1)) && row_numbers {
                true => Ok(true),
                false => ambiguous(format!("a gap before numbers: {}", shown())),
            }
        }
        (0, 2..) if counts(&mut first.iter()) => {
            ambiguous(format!("{}, as pandas calls columns without names", shown()))
        }
        (0, _)
            if all_whole(first.iter()) && body.len() > 1 && body.iter().all(|(_, row)| none_whole(row)) =>
        {
            ambiguous(format!("whole numbers above numbers that are not: {}", shown()))
        }
        (0, _) => Ok(false),
    }
}

fn is_whole(field: &str) -> bool {
    let digits = field.trim_start_matches(['+', '-']);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a first line holds different whole numbers only, such as years.
fn all_whole<'a>(fields: impl Iterator<Item = &'a str> + Clone) -> bool {
    let mut sorted: Vec<&str> = fields.clone().collect();
    sorted.sort_unstable();
    fields.clone().all(is_whole) && sorted.windows(2).all(|pair| pair[0] != pair[1]) && sorted.len() > 1
}

fn none_whole(row: &StringRecord) -> bool {
    row.iter().all(|field| !is_whole(field))
}
