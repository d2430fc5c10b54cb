//! Draws what stands at one place of a panel: the sign of a point, its interval, a tile with words.

use reluflow_statistics::Estimate;

use crate::canvas::{Canvas, Ink, Segment, circle, polyline};
use crate::frame::{Frame, SMALL};
use crate::text::{Anchor, Label};

/// The sign at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Marker {
    /// A filled circle.
    #[default]
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled diamond.
    Diamond,
    /// An open circle: for cited values.
    Ring,
}

/// What a legend says where series are moved by [`dodge`].
pub const SIDE_BY_SIDE: &str = "points of one size are drawn side by side";

/// How far the k-th of several series with the same x is moved, with its line: see [`Layer::moved`](crate::Layer::moved).
pub fn dodge(k: usize, series: usize) -> f64 {
    1.5 * (k as f64 - 0.5 * (series as f64 - 1.0))
}

impl Marker {
    /// The marker of the k-th series.
    pub fn nth(k: usize) -> Self {
        [Self::Circle, Self::Square, Self::Triangle, Self::Diamond][k % 4]
    }
}

/// A vertical interval: a cap where it ends, an arrow where it is unbounded, neither where the axis cuts it off.
pub(super) fn draw_interval(canvas: &mut Canvas, frame: &Frame, x: f64, estimate: Estimate, ink: Ink) {
    if !frame.x.contains(x) || estimate.low == estimate.high {
        return;
    }
    let (Some(column), Some(low), Some(high)) =
        (frame.column(x), frame.row(estimate.low), frame.row(estimate.high))
    else {
        return;
    };
    canvas.line((column, low), (column, high), ink, 0.9);
    for (row, value, inwards) in [(low, estimate.low, -1.0), (high, estimate.high, 1.0)] {
        if frame.y.contains(value) {
            canvas.line((column - 1.8, row), (column + 1.8, row), ink, 0.9);
        } else if frame.y.is_infinite(value) {
            let tip = [
                (column - 2.4, row + 4.0 * inwards),
                (column, row),
                (column + 2.4, row + 4.0 * inwards),
            ];
            canvas.stroke(polyline(&tip), ink, 0.9, &[]);
        }
    }
}

pub(super) fn draw_marker(canvas: &mut Canvas, at: (f64, f64), marker: Marker, ink: Ink) {
    let (x, y) = at;
    let closed = |points: &[(f64, f64)]| {
        let mut path = polyline(points);
        path.push(Segment::Close);
        path
    };
    match marker {
        Marker::Circle => canvas.fill(circle(at, 2.2), ink, 1.0),
        Marker::Square => canvas.fill(
            closed(&[
                (x - 2.0, y - 2.0),
                (x + 2.0, y - 2.0),
                (x + 2.0, y + 2.0),
                (x - 2.0, y + 2.0),
            ]),
            ink,
            1.0,
        ),
        Marker::Triangle => canvas.fill(
            closed(&[(x, y - 2.7), (x + 2.6, y + 2.0), (x - 2.6, y + 2.0)]),
            ink,
            1.0,
        ),
        Marker::Diamond => canvas.fill(
            closed(&[(x, y - 2.8), (x + 2.8, y), (x, y + 2.8), (x - 2.8, y)]),
            ink,
            1.0,
        ),
        Marker::Ring => {
            canvas.fill(circle(at, 2.8), Ink::Page, 1.0);
            canvas.stroke(circle(at, 2.8), ink, 1.1, &[]);
        }
    }
}

pub(super) fn draw_tile(
    canvas: &mut Canvas,
    frame: &Frame,
    (a, b): ((f64, f64), (f64, f64)),
    share: f64,
    text: &str,
) {
    let (Some(from), Some(to)) = (frame.place(a.0, a.1), frame.place(b.0, b.1)) else {
        return;
    };
    canvas.rectangle(from, to, Ink::Series(0), 0.06 + 0.84 * share.clamp(0.0, 1.0));
    let wide = (to.0 - from.0).abs() > Label::new(text, SMALL).width() + 2.0;
    if wide && (to.1 - from.1).abs() > SMALL + 1.0 {
        let ink = if share > 0.55 { Ink::Page } else { Ink::Text };
        let middle = (0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1) + 0.33 * SMALL);
        canvas.text(text, middle, SMALL, Anchor::Middle, ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Axis;

    /// How many strokes an interval is: its bar, and a cap or an arrow for each end that has one; of these, the arrows.
    fn strokes(axis: &Axis, low: f64, high: f64) -> (usize, usize) {
        let frame = Frame {
            left: 0.0,
            top: 0.0,
            right: 100.0,
            bottom: 100.0,
            x: Axis::linear("").over(0.0, 2.0).resolve(std::iter::empty()),
            y: axis.resolve(std::iter::empty()),
        };
        let value = 5.0;
        let mut canvas = Canvas::default();
        draw_interval(&mut canvas, &frame, 1.0, Estimate { value, low, high }, Ink::Text);
        let arrows = canvas.marks.iter().filter(|mark| mark.path.len() == 3).count();
        (canvas.marks.len(), arrows)
    }

    #[test]
    fn an_end_beyond_the_axis_is_no_arrow_and_an_infinite_one_is() {
        let linear = Axis::linear("").over(0.0, 10.0);
        assert_eq!(strokes(&linear, 4.0, 6.0), (3, 0));
        assert_eq!(strokes(&linear, 4.0, 12.0), (2, 0));
        assert_eq!(strokes(&linear, -1.0, 12.0), (1, 0));
        assert_eq!(strokes(&linear, 4.0, f64::INFINITY), (3, 1));
        assert_eq!(strokes(&linear, f64::NEG_INFINITY, f64::INFINITY), (3, 2));
        // No logarithmic axis reaches 0.
        let log = Axis::log("").over(1.0, 10.0);
        assert_eq!(strokes(&log, 0.0, 6.0), (3, 1));
        assert_eq!(strokes(&log, 0.5, 6.0), (2, 0));
    }
}
