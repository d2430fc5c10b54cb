//! Places the values of a panel on the page, between its axes; says how large the small words of a panel are.

use crate::axis::Resolved;

/// Size of tick labels, legends and words in a panel.
pub(super) const SMALL: f64 = 7.5;

/// Where a panel's axes are on the page.
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
    pub(super) x: Resolved,
    pub(super) y: Resolved,
}

impl Frame {
    /// The frame moved to the right.
    pub(super) fn moved(&self, by: f64) -> Self {
        Self {
            left: self.left + by,
            right: self.right + by,
            ..*self
        }
    }

    pub(super) fn place(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (x, y) = (self.x.share(x)?, self.y.share(y)?);
        Some((
            self.left + x * (self.right - self.left),
            self.bottom - y * (self.bottom - self.top),
        ))
    }

    pub(super) fn column(&self, x: f64) -> Option<f64> {
        Some(self.left + self.x.share(x)?.clamp(0.0, 1.0) * (self.right - self.left))
    }

    pub(super) fn row(&self, y: f64) -> Option<f64> {
        Some(self.bottom - self.y.share(y)?.clamp(0.0, 1.0) * (self.bottom - self.top))
    }
}
