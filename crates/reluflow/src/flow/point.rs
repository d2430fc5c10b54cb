//! What a method hands to the recorder at every accepted point.

/// An accepted point of a flow, with everything its evaluation brought.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a, T> {
    /// The time.
    pub time: f64,
    /// θ.
    pub state: &'a [T],
    /// dθ/dt.
    pub velocity: &'a [T],
    /// L(θ).
    pub loss: f64,
    /// Whether every sign is right; where that is not known, the field's forces are those of this state, and say so when it matters.
    pub right: Option<bool>,
}
