//! What may be drawn between the axes of a panel: lines, bands, points with intervals, tiles.

use reluflow_statistics::Estimate;

use crate::canvas::{Canvas, Ink, Segment, circle, polyline};
use crate::frame::{Frame, SMALL};
use crate::marks::{Marker, draw_interval, draw_marker, draw_tile};
use crate::text::Anchor;

/// Width of series lines.
pub(super) const LINE: f64 = 1.3;

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dash {
    /// Not at all.
    #[default]
    Solid,
    /// Into dashes.
    Dashed,
    /// Into dots.
    Dotted,
}

impl Dash {
    pub(super) fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[4.0, 2.2],
            Self::Dotted => &[1.2, 1.8],
        }
    }
}

/// Something drawn in a panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A line through points; it is interrupted where one has no place.
    Line {
        /// (x, y).
        points: Vec<(f64, f64)>,
        /// Colour.
        ink: Ink,
        /// Pattern.
        dash: Dash,
    },
    /// A fine line, one of many; it is interrupted where a point has no place.
    Trace {
        /// (x, y).
        points: Vec<(f64, f64)>,
        /// Colour.
        ink: Ink,
        /// From 0 to 1.
        opacity: f64,
        /// Pattern.
        dash: Dash,
    },
    /// Discs of any size.
    Discs {
        /// (x, y, radius in points).
        points: Vec<(f64, f64, f64)>,
        /// Colour.
        ink: Ink,
        /// From 0 to 1.
        opacity: f64,
    },
    /// Rectangles of one shade; an axis need not show them whole.
    Shade {
        /// Two corners each.
        rectangles: Vec<((f64, f64), (f64, f64))>,
        /// Colour.
        ink: Ink,
        /// From 0 to 1.
        opacity: f64,
    },
    /// The area between two lines over the same x.
    Band {
        /// (x, low, high).
        points: Vec<(f64, f64, f64)>,
        /// Colour.
        ink: Ink,
    },
    /// Points with vertical intervals: an unbounded end gets an arrow, one beyond the axis no cap.
    Points {
        /// (x, estimate); an interval of no length draws no bar.
        points: Vec<(f64, Estimate)>,
        /// Colour.
        ink: Ink,
        /// Sign.
        marker: Marker,
    },
    /// Another layer, moved to the right on the page: see [`Layer::moved`].
    Moved {
        /// How far.
        by: f64,
        /// What.
        layer: Box<Layer>,
    },
    /// A vertical line with the band of its interval.
    Vertical {
        /// Where.
        at: Estimate,
        /// Colour.
        ink: Ink,
        /// Pattern.
        dash: Dash,
    },
    /// A horizontal line.
    Horizontal {
        /// Where.
        at: f64,
        /// Pattern.
        dash: Dash,
    },
    /// Words at a place.
    Words {
        /// (x, y).
        at: (f64, f64),
        /// Markup.
        text: String,
        /// Which part of the words stands there.
        anchor: Anchor,
        /// Colour.
        ink: Ink,
    },
    /// A rectangle of a map, darker the larger the share, with words in it.
    Tile {
        /// Two corners.
        corners: ((f64, f64), (f64, f64)),
        /// From 0 to 1.
        share: f64,
        /// Markup.
        text: String,
    },
}

impl Layer {
    /// The layer moved to the right on the page, so that series with the same x do not cover each other.
    #[must_use]
    pub fn moved(self, by: f64) -> Self {
        if by == 0.0 {
            return self;
        }
        let layer = Box::new(self);
        Self::Moved { by, layer }
    }

    /// The values that an axis must show: x and y.
    pub(super) fn extent(&self) -> (Vec<f64>, Vec<f64>) {
        match self {
            Self::Line { points, .. } | Self::Trace { points, .. } => points.iter().copied().unzip(),
            Self::Discs { points, .. } => points.iter().map(|p| (p.0, p.1)).unzip(),
            Self::Shade { rectangles, .. } => rectangles.iter().flat_map(|(a, b)| [*a, *b]).unzip(),
            Self::Band { points, .. } => (
                points.iter().map(|p| p.0).collect(),
                points.iter().flat_map(|p| [p.1, p.2]).collect(),
            ),
            Self::Points { points, .. } => (
                points.iter().map(|p| p.0).collect(),
                points
                    .iter()
                    .flat_map(|p| [p.1.value, p.1.low, p.1.high])
                    .collect(),
            ),
            Self::Moved { layer, .. } => layer.extent(),
            Self::Vertical { at, .. } => (vec![at.value], Vec::new()),
            Self::Horizontal { at, .. } => (Vec::new(), vec![*at]),
            Self::Words { at, .. } => (vec![at.0], vec![at.1]),
            Self::Tile { corners: (a, b), .. } => (vec![a.0, b.0], vec![a.1, b.1]),
        }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, frame: &Frame) {
        match self {
            Self::Line { points, ink, dash } => {
                let path = line_path(frame, points);
                if !path.is_empty() {
                    canvas.stroke(path, *ink, LINE, dash.pattern());
                }
            }
            Self::Trace {
                points,
                ink,
                opacity,
                dash,
            } => {
                let path = line_path(frame, points);
                if !path.is_empty() {
                    canvas.stroke_through(path, *ink, (FINE, dash.pattern()), *opacity);
                }
            }
            Self::Discs { points, ink, opacity } => {
                for (x, y, radius) in points {
                    let inside = frame.x.contains(*x) && frame.y.contains(*y);
                    if let (true, Some(at)) = (inside, frame.place(*x, *y)) {
                        canvas.fill(circle(at, *radius), *ink, *opacity);
                    }
                }
            }
            Self::Shade {
                rectangles,
                ink,
                opacity,
            } => {
                let mut path = Vec::with_capacity(5 * rectangles.len());
                for (a, b) in rectangles {
                    let edges = (
                        frame.column(a.0),
                        frame.row(a.1),
                        frame.column(b.0),
                        frame.row(b.1),
                    );
                    if let (Some(left), Some(top), Some(right), Some(bottom)) = edges {
                        path.extend(polyline(&[
                            (left, top),
                            (right, top),
                            (right, bottom),
                            (left, bottom),
                        ]));
                        path.push(Segment::Close);
                    }
                }
                if !path.is_empty() {
                    canvas.fill(path, *ink, *opacity);
                }
            }
            Self::Band { points, ink } => {
                let place = |x: f64, y: f64| Some((frame.column(x)?, frame.row(y)?));
                let lower = points.iter().filter_map(|p| place(p.0, p.1));
                let upper = points.iter().rev().filter_map(|p| place(p.0, p.2));
                let outline: Vec<(f64, f64)> = lower.chain(upper).collect();
                if outline.len() > 2 {
                    let mut path = polyline(&outline);
                    path.push(Segment::Close);
                    canvas.fill(path, *ink, 0.18);
                }
            }
            Self::Points { points, ink, marker } => {
                for (x, estimate) in points {
                    draw_interval(canvas, frame, *x, *estimate, *ink);
                }
                for (x, estimate) in points {
                    let inside = frame.x.contains(*x) && frame.y.contains(estimate.value);
                    if let (true, Some(at)) = (inside, frame.place(*x, estimate.value)) {
                        draw_marker(canvas, at, *marker, *ink);
                    }
                }
            }
            Self::Moved { by, layer } => layer.draw(canvas, &frame.moved(*by)),
            Self::Vertical { at, ink, dash } => {
                if let (Some(low), Some(high)) = (frame.column(at.low), frame.column(at.high))
                    && high > low
                {
                    canvas.rectangle((low, frame.top), (high, frame.bottom), *ink, 0.15);
                }
                if let (true, Some(column)) = (frame.x.contains(at.value), frame.column(at.value)) {
                    let ends = [(column, frame.top), (column, frame.bottom)];
                    canvas.stroke(polyline(&ends), *ink, 0.9, dash.pattern());
                }
            }
            Self::Horizontal { at, dash } => {
                if let Some(row) = frame.row(*at) {
                    let ends = [(frame.left, row), (frame.right, row)];
                    canvas.stroke(polyline(&ends), Ink::Muted, 0.8, dash.pattern());
                }
            }
            Self::Words {
                at,
                text,
                anchor,
                ink,
            } => {
                if let Some(place) = frame.place(at.0, at.1) {
                    canvas.text(text, place, SMALL, *anchor, *ink);
                }
            }
            Self::Tile {
                corners: (a, b),
                share,
                text,
            } => draw_tile(canvas, frame, (*a, *b), *share, text),
        }
    }
}

/// Width of one line of many.
const FINE: f64 = 0.7;

/// The parts of a line within the frame; they are cut where they leave it.
fn line_path(frame: &Frame, points: &[(f64, f64)]) -> Vec<Segment> {
    let placed: Vec<Option<(f64, f64)>> = points.iter().map(|&(x, y)| frame.place(x, y)).collect();
    let mut path: Vec<Segment> = Vec::new();
    let mut pen: Option<(f64, f64)> = None;
    for pair in placed.windows(2) {
        let (Some(a), Some(b)) = (pair[0], pair[1]) else {
            pen = None;
            continue;
        };
        let Some((from, to)) = clip(a, b, (frame.left, frame.top), (frame.right, frame.bottom)) else {
            pen = None;
            continue;
        };
        if pen != Some(from) {
            path.push(Segment::Move(from.0, from.1));
        }
        path.push(Segment::Line(to.0, to.1));
        pen = Some(to);
    }
    path
}

/// The part of a segment within a rectangle (Liang and Barsky).
fn clip(a: (f64, f64), b: (f64, f64), low: (f64, f64), high: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (p, q) in [
        (-dx, a.0 - low.0),
        (dx, high.0 - a.0),
        (-dy, a.1 - low.1),
        (dy, high.1 - a.1),
    ] {
        if p == 0.0 {
            if q < -1e-9 {
                return None;
            }
        } else if p < 0.0 {
            enter = enter.max(q / p);
        } else {
            leave = leave.min(q / p);
        }
    }
    let at = |share: f64| (a.0 + share * dx, a.1 + share * dy);
    let ends = (
        if enter == 0.0 { a } else { at(enter) },
        if leave == 1.0 { b } else { at(leave) },
    );
    (enter <= leave).then_some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Axis;

    #[test]
    fn a_layer_moves_as_a_whole() {
        let axis = || Axis::linear("").over(0.0, 10.0).resolve(std::iter::empty());
        let frame = Frame {
            left: 0.0,
            top: 0.0,
            right: 100.0,
            bottom: 100.0,
            x: axis(),
            y: axis(),
        };
        let line = Layer::Line {
            points: vec![(2.0, 1.0), (4.0, 3.0)],
            ink: Ink::Series(0),
            dash: Dash::Solid,
        };
        let mut canvas = Canvas::default();
        line.clone().moved(1.5).draw(&mut canvas, &frame);
        let expected = [Segment::Move(21.5, 90.0), Segment::Line(41.5, 70.0)];
        assert_eq!(canvas.marks[0].path, expected);
        assert_eq!(line.clone().moved(1.5).extent(), line.extent());
        assert_eq!(line.clone().moved(0.0), line);
    }
}
