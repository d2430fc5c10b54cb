//! Sets short labels with a little mathematics as outlines, so that no machine's fonts matter.

use ttf_parser::{Face, OutlineBuilder};

use crate::segment::Segment;

/// Upright and italic, embedded.
const REGULAR: &[u8] = include_bytes!("../fonts/regular.otf");
const ITALIC: &[u8] = include_bytes!("../fonts/italic.otf");

/// Size of indices relative to their line, and how far they are moved.
const INDEX_SIZE: f64 = 0.72;
const SUBSCRIPT_DROP: f64 = 0.18;
const SUPERSCRIPT_RISE: f64 = 0.36;

/// Which part of a label stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

impl Anchor {
    /// The share of the width before the place.
    pub(super) fn share(self) -> f64 {
        match self {
            Self::Start => 0.0,
            Self::Middle => 0.5,
            Self::End => 1.0,
        }
    }
}

/// A run of characters in one style.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    text: String,
    italic: bool,
    /// −1 below, 0 on, 1 above the line.
    level: i8,
}

/// A line of text. `*x*` is italic, `_{…}` and `^{…}` (or `_x`, `^x` for one character) are indices:
/// `*μ*(*t*_∞)`, `10^{18}`. A backslash takes the next character as it is; a no-break
/// space (U+00A0) is one where titles are not broken.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    runs: Vec<Run>,
    size: f64,
}

impl Label {
    /// Reads the markup.
    pub fn new(markup: &str, size: f64) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut push = |c: char, italic: bool, level: i8| {
            let c = if c == '\u{a0}' { ' ' } else { c };
            match runs.last_mut() {
                Some(run) if run.italic == italic && run.level == level => run.text.push(c),
                _ => runs.push(Run {
                    text: c.to_string(),
                    italic,
                    level,
                }),
            }
        };
        let (mut italic, mut level, mut braced) = (false, 0i8, false);
        let mut characters = markup.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '*' => {
                    italic = !italic;
                    continue;
                }
                '_' | '^' if level == 0 => {
                    level = if c == '_' { -1 } else { 1 };
                    braced = characters.peek() == Some(&'{');
                    if braced {
                        characters.next();
                    }
                    continue;
                }
                '}' if braced => {
                    (level, braced) = (0, false);
                    continue;
                }
                '\\' => {
                    if let Some(next) = characters.next() {
                        push(next, italic, level);
                    }
                }
                c => push(c, italic, level),
            }
            if !braced {
                level = 0;
            }
        }
        Self { runs, size }
    }

    /// The width in points.
    pub fn width(&self) -> f64 {
        self.walk(|_, _, _, _, _| {})
    }

    /// The outlines of all glyphs, with the baseline starting at a place.
    pub fn path(&self, x: f64, y: f64) -> Vec<Segment> {
        let mut pen = Pen {
            path: Vec::new(),
            x,
            y,
            scale: 1.0,
            at: (0.0, 0.0),
        };
        self.walk(|face, glyph, scale, advance, rise| {
            (pen.x, pen.y, pen.scale) = (x + advance, y - rise, scale);
            face.outline_glyph(glyph, &mut pen);
        });
        pen.path
    }

    /// Visits every glyph with its face, scale, place and rise; returns the width.
    fn walk(&self, mut visit: impl FnMut(&Face<'_>, ttf_parser::GlyphId, f64, f64, f64)) -> f64 {
        let (Ok(regular), Ok(italic)) = (Face::parse(REGULAR, 0), Face::parse(ITALIC, 0)) else {
            return 0.0;
        };
        let mut advance = 0.0;
        for run in &self.runs {
            let size = if run.level == 0 {
                self.size
            } else {
                INDEX_SIZE * self.size
            };
            let rise = match run.level {
                0 => 0.0,
                level if level < 0 => -SUBSCRIPT_DROP * self.size,
                _ => SUPERSCRIPT_RISE * self.size,
            };
            for c in run.text.chars() {
                let preferred = if run.italic { &italic } else { &regular };
                let found = [preferred, &regular]
                    .into_iter()
                    .find_map(|face| Some((face, face.glyph_index(c)?)))
                    .or_else(|| Some((&regular, regular.glyph_index('?')?)));
                if let Some((face, glyph)) = found {
                    let scale = size / f64::from(face.units_per_em());
                    visit(face, glyph, scale, advance, rise);
                    advance += scale * f64::from(face.glyph_hor_advance(glyph).unwrap_or(0));
                }
            }
        }
        advance
    }
}

/// Markup broken at spaces into rows of at most a width; an italic span that is broken continues in the next row. A word
/// that is wider stands alone.
pub(super) fn rows(markup: &str, size: f64, width: f64) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in markup.split(' ').filter(|word| !word.is_empty()) {
        match rows.last_mut() {
            None => rows.push(word.to_owned()),
            Some(row) if Label::new(&format!("{row} {word}"), size).width() <= width => {
                row.push(' ');
                row.push_str(word);
            }
            Some(row) if opens(row) => {
                row.push('*');
                rows.push(format!("*{word}"));
            }
            Some(_) => rows.push(word.to_owned()),
        }
    }
    rows
}

/// Whether markup ends within an italic span.
fn opens(markup: &str) -> bool {
    let (mut open, mut escaped) = (false, false);
    for c in markup.chars() {
        open ^= c == '*' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    open
}

/// The markup without its marks, for alternative text.
pub fn plain(markup: &str) -> String {
    Label::new(markup, 1.0)
        .runs
        .iter()
        .map(|run| run.text.as_str())
        .collect()
}

/// Collects outlines, mapped from font units to the canvas.
struct Pen {
    path: Vec<Segment>,
    x: f64,
    y: f64,
    scale: f64,
    at: (f64, f64),
}

impl Pen {
    fn place(&mut self, x: f32, y: f32) -> (f64, f64) {
        self.at = (f64::from(x), f64::from(y));
        self.map(self.at)
    }

    fn map(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x + self.scale * x, self.y - self.scale * y)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.push(Segment::Move(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.push(Segment::Line(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        // The cubic with the same curve: controls two thirds of the way to the quadratic's.
        let (start, control, end) = (
            self.at,
            (f64::from(x1), f64::from(y1)),
            (f64::from(x), f64::from(y)),
        );
        let towards = |from: (f64, f64)| {
            (
                from.0 + 2.0 / 3.0 * (control.0 - from.0),
                from.1 + 2.0 / 3.0 * (control.1 - from.1),
            )
        };
        let (a, b) = (self.map(towards(start)), self.map(towards(end)));
        let (x, y) = self.place(x, y);
        self.path.push(Segment::Cubic(a.0, a.1, b.0, b.1, x, y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let a = self.map((f64::from(x1), f64::from(y1)));
        let b = self.map((f64::from(x2), f64::from(y2)));
        let (x, y) = self.place(x, y);
        self.path.push(Segment::Cubic(a.0, a.1, b.0, b.1, x, y));
    }

    fn close(&mut self) {
        self.path.push(Segment::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_makes_runs() {
        assert_eq!(plain("*μ*(*t*_∞) 10^{18} a\\_b"), "μ(t∞) 1018 a_b");
        let label = Label::new("10^{18}x_2y", 10.0);
        let levels: Vec<_> = label
            .runs
            .iter()
            .map(|run| (run.text.as_str(), run.level))
            .collect();
        assert_eq!(levels, [("10", 0), ("18", 1), ("x", 0), ("2", -1), ("y", 0)]);
    }

    #[test]
    fn rows_are_no_wider_than_asked_and_keep_every_word() {
        let markup = "*d* = 20, *p q* = 30: 0.5 at *n* = 123.4 [120.1, 126.9]";
        for width in [40.0, 60.0, 100.0, 400.0] {
            let rows = rows(markup, 9.0, width);
            for row in &rows {
                assert!(Label::new(row, 9.0).width() <= width, "{width}: {row}");
                assert!(!opens(row), "{row}");
            }
            let words: Vec<String> = rows.iter().map(|row| plain(row)).collect();
            assert_eq!(words.join(" "), plain(markup));
        }
        assert_eq!(rows(markup, 9.0, 400.0), [markup]);
        assert_eq!(rows("*p q*", 9.0, 5.0), ["*p*", "*q*"]);
        let held = "a\u{a0}b";
        assert_eq!(rows(held, 9.0, 5.0), [held]);
        assert_eq!(plain(held), "a b");
        assert_eq!(rows("a\\* b", 9.0, 400.0), ["a\\* b"]);
        assert!(rows("", 9.0, 40.0).is_empty());
    }

    #[test]
    fn every_sign_the_figures_use_is_in_the_font() {
        let regular = Face::parse(REGULAR, 0).unwrap();
        for c in "0123456789−–·×⟨⟩∞μεη√≤≥≈±→()[]{}%/=,.Nndptlog".chars() {
            assert!(regular.glyph_index(c).is_some(), "{c}");
        }
    }

    #[test]
    fn width_is_proportional_to_size_and_digits_are_half_an_em() {
        // STIX digits are 500 of 1000 units wide.
        assert!((Label::new("1234", 10.0).width() - 20.0).abs() < 1e-9);
        assert!((Label::new("10^{18}", 10.0).width() - (10.0 + 2.0 * 0.72 * 5.0)).abs() < 1e-9);
    }
}
