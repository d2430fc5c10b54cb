//! How an output weight grows over a small step s in which forces and gates stay as they are: a'' = γ² a, with x = γ s.
//!
//! ```text
//! ∫ a dt = s (a sinh x/x + s a' (cosh x − 1)/x²)        a(s) = a + s (a' + a'(s)) tanh(x/2)/x
//! ```
//!
//! Each factor by the first three terms of its series in x².

/// The factors for one x.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    /// sinh x/x.
    pub(super) level: f64,
    /// (cosh x − 1)/x².
    pub(super) slope: f64,
    /// tanh(x/2)/x.
    pub(super) both: f64,
}

impl Growth {
    /// For x² = `square`, at most 1.
    #[inline(always)]
    pub(super) fn of(square: f64) -> Self {
        // Beyond 1 the polynomials are none of these functions, and forces do not stay as they are for so long.
        let x2 = square.clamp(0.0, 1.0);
        Self {
            level: 1.0 + x2 / 6.0 * (1.0 + x2 / 20.0),
            slope: 0.5 + x2 / 24.0 * (1.0 + x2 / 30.0),
            both: 0.5 - x2 / 24.0 * (1.0 - x2 / 10.0),
        }
    }
}
