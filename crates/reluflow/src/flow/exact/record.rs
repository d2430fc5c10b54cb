//! Holds the events of an exact flow as a table, and what the flow checked on its way.

use serde::{Deserialize, Serialize};

use crate::Budget;

/// Where the flow is not unique and a stated rule chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Branch {
    /// a_j passed through 0 while neuron j slid: its convex kinks turned concave. Rule: it leaves to inactive.
    OutputWeight,
    /// w_j passed through 0 with a_j ≠ 0. Rule: it goes straight on if it can, and rests at 0 otherwise.
    HiddenWeights,
    /// A neuron is held where more kinks meet than their normals span (points on a line, with a bias), one of them
    /// concave, and could leave as well as stay. Rule: it leaves, along the steepest way.
    DependentKinks,
    /// The force on a sliding pair passed 0, so that its sides, which pushed against each other, push apart: with a slope
    /// γ < 0, or where all else that acts on the neuron is a rounding. Rule: it leaves to the side that is found first.
    Force,
    /// The run starts on a concave kink that the active side leaves while the inactive side pushes away or not at all, or at
    /// w_j = 0. Rule: inactive, as σ'(0) = 0 says; of an antipodal pair, active on the later example.
    Start,
}

/// What happened between a neuron and an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// ⟨w_j, x_i⟩ changed sign.
    Crossed,
    /// ⟨w_j, x_i⟩ reached 0 and stays there.
    BeganToSlide,
    /// A sliding pair left its kink.
    Left,
    /// The neuron ceased to be active or sliding anywhere: it rests for ever.
    Died,
    /// The flow is not unique here.
    Branch(Branch),
}

impl EventKind {
    /// The kind as one word, as in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crossed => "crossed",
            Self::BeganToSlide => "began-to-slide",
            Self::Left => "left",
            Self::Died => "died",
            Self::Branch(Branch::OutputWeight) => "branch-output-weight",
            Self::Branch(Branch::HiddenWeights) => "branch-hidden-weights",
            Self::Branch(Branch::DependentKinks) => "branch-dependent-kinks",
            Self::Branch(Branch::Force) => "branch-force",
            Self::Branch(Branch::Start) => "branch-start",
        }
    }
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub time: f64,
    /// Which neuron, from 0.
    pub neuron: usize,
    /// Which example, from 0; of examples on one line through 0, the first.
    pub example: usize,
    /// What.
    pub kind: EventKind,
    /// Whether the neuron is active on the example from now on.
    pub active: bool,
}

/// What an exact flow checks at every step, at its worst.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Checks {
    /// Largest rise of the loss from one step to the next, relative to L or max |y| √(2L), whichever is larger.
    pub loss_rise: f64,
    /// Largest |dL/dt + ‖dθ/dt‖²/p| / |dL/dt| where |dL/dt| > 10⁻³ L.
    pub dissipation_defect: f64,
    /// Largest |⟨w_j, x_i⟩| / (‖w_j‖ ‖x_i‖) of a sliding pair.
    pub sliding_offset: f64,
    /// Most kinks one neuron slid on at once.
    pub most_kinks: usize,
}

/// The record of events; empty for every method but the exact one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Events {
    rows: Vec<Event>,
    branch_points: usize,
    exhausted: Option<Budget>,
    /// The worst of what was checked.
    pub checks: Checks,
}

impl Events {
    /// The events in the order in which they happened.
    pub fn rows(&self) -> &[Event] {
        &self.rows
    }

    /// The bound on events that ended the run, if one did: also where the trap was reached before and the verdict
    /// stays *interpolating*.
    pub fn exhausted(&self) -> Option<Budget> {
        self.exhausted
    }

    /// Notes that a bound on events ended the run.
    pub(super) fn exhaust(&mut self, budget: Budget) {
        self.exhausted = Some(budget);
    }

    /// Puts the times into other units.
    pub(crate) fn rescale_times(&mut self, factor: f64) {
        self.rows.iter_mut().for_each(|event| event.time *= factor);
    }

    /// Adds an event.
    pub(super) fn push(&mut self, event: Event) {
        self.branch_points += usize::from(matches!(event.kind, EventKind::Branch(_)));
        self.rows.push(event);
    }

    /// Forgets what an instant undid: of the last time, a pair that left a kink and slid again, or crossed it twice.
    ///
    /// Neurons of one cell leave it together, to rounding, and the order in which that is found would count otherwise.
    pub(super) fn settle_instant(&mut self) {
        let Some(now) = self.rows.last().map(|event| event.time) else {
            return;
        };
        let mut first = self
            .rows
            .iter()
            .rposition(|event| event.time != now)
            .map_or(0, |k| k + 1);
        while first < self.rows.len() {
            let event = self.rows[first];
            let undone_by = match event.kind {
                EventKind::Left => EventKind::BeganToSlide,
                EventKind::Crossed => EventKind::Crossed,
                _ => {
                    first += 1;
                    continue;
                }
            };
            let same = |other: &Event| (other.neuron, other.example) == (event.neuron, event.example);
            // The pair's next event, if it undoes this one.
            match (first + 1..self.rows.len()).find(|&k| same(&self.rows[k])) {
                Some(next) if self.rows[next].kind == undone_by => {
                    self.rows.remove(next);
                    self.rows.remove(first);
                }
                _ => first += 1,
            }
        }
    }

    /// Takes back the events after the first few: a way that was tried and not taken.
    pub(super) fn forget_after(&mut self, rows: usize) {
        debug_assert!(rows <= self.rows.len(), "rows are only added");
        self.rows.truncate(rows);
    }

    /// Keeps branch points only: what a start on a kink was settled to is no event.
    pub(super) fn forget_kinds_but_branches(&mut self) {
        self.rows
            .retain(|event| matches!(event.kind, EventKind::Branch(_)));
    }

    /// The events at branch points.
    pub fn branches(&self) -> impl Iterator<Item = &Event> + '_ {
        self.rows
            .iter()
            .filter(|event| matches!(event.kind, EventKind::Branch(_)))
    }

    /// Number of branch points.
    pub fn branch_points(&self) -> usize {
        self.branch_points
    }

    /// Number of events of a kind.
    pub fn count(&self, kind: EventKind) -> usize {
        self.rows.iter().filter(|event| event.kind == kind).count()
    }
}
