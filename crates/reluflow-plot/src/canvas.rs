//! Holds a drawing as paths, in points (1/72 inch), whatever it is written out as.

pub use crate::segment::Segment;
use crate::text::{Anchor, Label};

/// What a path is drawn with; each output maps it to a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Text and axes.
    Text,
    /// Secondary text and reference lines.
    Muted,
    /// Grid lines.
    Grid,
    /// The page itself.
    Page,
    /// One of the series colours, counted round.
    Series(usize),
}

/// Okabe and Ito's palette without yellow and black, which fail on one of the two backgrounds.
const SERIES: [(u8, u8, u8); 6] = [
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (230, 159, 0),
];

impl Ink {
    /// Red, green, blue on white paper.
    pub fn on_white(self) -> (u8, u8, u8) {
        match self {
            Self::Text => (26, 26, 26),
            Self::Muted => (102, 102, 102),
            Self::Grid => (226, 226, 226),
            Self::Page => (255, 255, 255),
            Self::Series(k) => SERIES[k % SERIES.len()],
        }
    }

    /// The class of a path in SVG, for a page to restyle.
    pub fn class(self) -> String {
        match self {
            Self::Text => "ink-text".to_owned(),
            Self::Muted => "ink-muted".to_owned(),
            Self::Grid => "ink-grid".to_owned(),
            Self::Page => "ink-page".to_owned(),
            Self::Series(k) => format!("ink-{}", k % SERIES.len()),
        }
    }
}

/// How a path is put on paper.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// Filled, non-zero winding.
    Fill,
    /// Stroked with a width and a dash pattern (none when empty).
    Stroke {
        /// Width.
        width: f64,
        /// Lengths of dashes and gaps in turn.
        dash: Vec<f64>,
    },
}

/// A path with its paint.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The contours.
    pub path: Vec<Segment>,
    /// The colour.
    pub ink: Ink,
    /// From 0 to 1.
    pub opacity: f64,
    /// Fill or stroke.
    pub paint: Paint,
}

/// A drawing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Canvas {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// What the drawing shows, for those who cannot see it.
    pub description: String,
    /// The marks, painted in this order.
    pub marks: Vec<Mark>,
}

impl Canvas {
    /// Fills a path.
    pub fn fill(&mut self, path: Vec<Segment>, ink: Ink, opacity: f64) {
        self.marks.push(Mark {
            path,
            ink,
            opacity,
            paint: Paint::Fill,
        });
    }

    /// Strokes a path.
    pub fn stroke(&mut self, path: Vec<Segment>, ink: Ink, width: f64, dash: &[f64]) {
        let paint = Paint::Stroke {
            width,
            dash: dash.to_vec(),
        };
        self.marks.push(Mark {
            path,
            ink,
            opacity: 1.0,
            paint,
        });
    }

    /// Strokes a path of a width and dashes that others show through.
    pub fn stroke_through(
        &mut self,
        path: Vec<Segment>,
        ink: Ink,
        (width, dash): (f64, &[f64]),
        opacity: f64,
    ) {
        self.stroke(path, ink, width, dash);
        if let Some(mark) = self.marks.last_mut() {
            mark.opacity = opacity;
        }
    }

    /// Strokes a straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) {
        self.stroke(polyline(&[from, to]), ink, width, &[]);
    }

    /// Fills a rectangle given by two corners.
    pub fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, opacity: f64) {
        let mut path = polyline(&[from, (to.0, from.1), to, (from.0, to.1)]);
        path.push(Segment::Close);
        self.fill(path, ink, opacity);
    }

    /// Writes a label (see [`Label`] for its markup) with its baseline at y.
    pub fn text(&mut self, label: &str, at: (f64, f64), size: f64, anchor: Anchor, ink: Ink) {
        let label = Label::new(label, size);
        let path = label.path(at.0 - anchor.share() * label.width(), at.1);
        self.fill(path, ink, 1.0);
    }

    /// Writes a label upwards, its baseline at x and its middle at y.
    pub fn text_upwards(&mut self, label: &str, at: (f64, f64), size: f64, ink: Ink) {
        let label = Label::new(label, size);
        // A quarter turn to the left: (x, y) becomes (y, −x).
        let turn = |x: f64, y: f64| (at.0 + y, at.1 + 0.5 * label.width() - x);
        let path = label
            .path(0.0, 0.0)
            .iter()
            .map(|segment| segment.map(turn))
            .collect();
        self.fill(path, ink, 1.0);
    }
}

impl Segment {
    /// The segment with every point mapped.
    pub fn map(self, f: impl Fn(f64, f64) -> (f64, f64)) -> Self {
        match self {
            Self::Move(x, y) => {
                let (x, y) = f(x, y);
                Self::Move(x, y)
            }
            Self::Line(x, y) => {
                let (x, y) = f(x, y);
                Self::Line(x, y)
            }
            Self::Cubic(a, b, c, d, x, y) => {
                let ((a, b), (c, d), (x, y)) = (f(a, b), f(c, d), f(x, y));
                Self::Cubic(a, b, c, d, x, y)
            }
            Self::Close => Self::Close,
        }
    }
}

/// The path through points.
pub fn polyline(points: &[(f64, f64)]) -> Vec<Segment> {
    let segment = |(k, &(x, y)): (usize, &(f64, f64))| match k {
        0 => Segment::Move(x, y),
        _ => Segment::Line(x, y),
    };
    points.iter().enumerate().map(segment).collect()
}

/// A circle.
pub fn circle(centre: (f64, f64), radius: f64) -> Vec<Segment> {
    // Four cubic arcs with the usual control length 4(√2 − 1)/3.
    let (x, y) = centre;
    let (r, c) = (radius, radius * 0.552_284_75);
    vec![
        Segment::Move(x + r, y),
        Segment::Cubic(x + r, y + c, x + c, y + r, x, y + r),
        Segment::Cubic(x - c, y + r, x - r, y + c, x - r, y),
        Segment::Cubic(x - r, y - c, x - c, y - r, x, y - r),
        Segment::Cubic(x + c, y - r, x + r, y - c, x + r, y),
        Segment::Close,
    ]
}
