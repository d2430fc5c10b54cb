//! A piece of a path.

/// A piece of a path; coordinates from the upper left corner, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Segment {
    /// Starts a new contour.
    Move(f64, f64),
    /// A straight line.
    Line(f64, f64),
    /// A cubic curve: two control points and the end.
    Cubic(f64, f64, f64, f64, f64, f64),
    /// Closes the contour.
    Close,
}
