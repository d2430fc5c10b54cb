//! Writes a run as a film: one HTML page with everything in it, that plays the neurons over log time.

mod pack;

use reluflow_lab::Result;
use reluflow_plot::escape;

use crate::path::{Along, Path, thinned};

/// The page: its style and its player are put into their places in the template.
const TEMPLATE: &str = include_str!("film.html");
const STYLE: &str = include_str!("film.css");
const PLAYER: &str = include_str!("film.js");

/// Numbers of all frames together that a page of two megabytes has room for: four bytes each, a third more in base 64.
const ROOM: usize = 340_000;
/// Numbers of a neuron in a frame.
const NUMBERS: usize = 4;

/// How a film is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Most frames; fewer where the page would pass two megabytes.
    pub frames: usize,
    /// The plane that the neurons move in.
    pub along: Along,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            frames: 300,
            along: Along::Leading,
        }
    }
}

/// The film of a path, a complete HTML page. Coordinates are rounded to single precision.
///
/// # Errors
/// When the path is none, or a direction does not exist.
pub fn film(path: &Path, options: &Options) -> Result<String> {
    path.check()?;
    let most = (ROOM / (NUMBERS * path.neurons().max(1))).max(12);
    let path = thinned(path.clone(), options.frames.min(most));
    let plane = path.plane(&options.along)?;
    let data = pack::pack(&path, &plane);
    // Inside a script nothing but its end tag and comments has a meaning: no `<` stands there.
    let data = data.to_string().replace('<', "\\u003c");
    let parts = [
        ("{{title}}", escape(&path.name)),
        ("{{verdict}}", escape(&path.verdict)),
        ("{{style}}", STYLE.to_owned()),
        ("{{player}}", PLAYER.to_owned()),
        ("{{data}}", data),
    ];
    // One pass over the template: what is put in is not searched again.
    let mut page = String::new();
    let mut rest = TEMPLATE;
    while let Some(at) = rest.find("{{") {
        page.push_str(&rest[..at]);
        rest = &rest[at..];
        let part = parts.iter().find(|(mark, _)| rest.starts_with(mark));
        let (mark, text) = part.map_or(("{{", "{{"), |(mark, text)| (*mark, text.as_str()));
        page.push_str(text);
        rest = &rest[mark.len()..];
    }
    page.push_str(rest);
    Ok(page)
}
