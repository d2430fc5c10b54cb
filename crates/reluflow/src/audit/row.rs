//! Holds one line of an audit: what was checked, the bound, the measurement and the judgement.

use serde::Serialize;

use crate::theory::{Hypothesis, Statement};

/// Which way the inequality points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// measured ≤ bound.
    AtMost,
    /// measured ≥ bound.
    AtLeast,
}

/// What an audit says of a line. Ordered from the least to the most alarming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// The statement does not speak of such problems.
    NotApplicable,
    /// It does, but its hypotheses are not met here.
    HypothesesNotMet,
    /// Hypotheses met, inequality true.
    Holds,
    /// Hypotheses met, but nothing measured here can decide; the note says why.
    CannotBeJudged,
    /// Hypotheses met, inequality false.
    Fails,
}

impl Judgement {
    /// The words used in tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotApplicable => "not applicable",
            Self::HypothesesNotMet => "hypotheses not met",
            Self::Holds => "holds",
            Self::CannotBeJudged => "cannot be judged",
            Self::Fails => "fails",
        }
    }
}

/// One line of an audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The statement; serialised as the paper calls it.
    pub statement: Statement,
    /// What is checked here.
    pub checked: &'static str,
    /// Whether the hypotheses hold; none when there is nothing to check.
    pub hypotheses: Option<bool>,
    /// Which way the inequality points.
    pub relation: Relation,
    /// The bound.
    pub bound: Option<f64>,
    /// The measurement.
    pub measured: Option<f64>,
    /// How far the measurement is on the right side of the bound, in its units; negative when on the wrong one.
    pub margin: Option<f64>,
    /// The judgement.
    pub judgement: Judgement,
    /// The first hypothesis that fails, or a remark.
    pub note: String,
    /// Draws in which the line was judged (holds or fails), and draws in all.
    pub judged: (u64, u64),
}

impl Row {
    /// Judges measured ≤ bound or measured ≥ bound, with equality up to a relative rounding of 10⁻¹².
    pub fn judge(
        statement: Statement,
        checked: &'static str,
        hypotheses: &[Hypothesis],
        measured: f64,
        relation: Relation,
        bound: f64,
    ) -> Self {
        #[cfg(test)]
        let relation = tampering::relation(statement, relation);
        let margin = match relation {
            Relation::AtMost => bound - measured,
            Relation::AtLeast => measured - bound,
        };
        let failing = hypotheses.iter().find(|hypothesis| !hypothesis.holds());
        let rounding = 1e-12 * bound.abs();
        let judgement = match failing {
            Some(_) => Judgement::HypothesesNotMet,
            None if margin.is_nan() => Judgement::CannotBeJudged,
            None if margin >= -rounding => Judgement::Holds,
            None => Judgement::Fails,
        };
        let note = match (failing, judgement) {
            (Some(hypothesis), _) => {
                format!("not met: {} (margin {:.3e})", hypothesis.name, hypothesis.margin)
            }
            (None, Judgement::CannotBeJudged) => "a side of the inequality is NaN".to_owned(),
            _ => String::new(),
        };
        let finite = |value: f64| value.is_finite().then_some(value);
        let is_judged = u64::from(matches!(judgement, Judgement::Holds | Judgement::Fails));
        Self {
            statement,
            checked,
            hypotheses: Some(failing.is_none()),
            relation,
            bound: finite(bound),
            measured: finite(measured),
            margin: finite(margin),
            judgement,
            note,
            judged: (is_judged, 1),
        }
    }

    /// An assumption: holds, or hypotheses not met; never fails. The measurement is its margin.
    pub fn assumption(statement: Statement, checked: &'static str, hypotheses: &[Hypothesis]) -> Self {
        let margin = hypotheses.iter().map(|h| h.margin).fold(f64::INFINITY, f64::min);
        Self::judge(statement, checked, hypotheses, margin, Relation::AtLeast, 0.0)
    }

    /// A line that says nothing about the problem at hand.
    pub(crate) fn not_applicable(statement: Statement, checked: &'static str, why: &str) -> Self {
        Self {
            statement,
            checked,
            hypotheses: None,
            relation: Relation::AtMost,
            bound: None,
            measured: None,
            margin: None,
            judgement: Judgement::NotApplicable,
            note: why.to_owned(),
            judged: (0, 1),
        }
    }

    /// Takes the judgement back: the hypotheses hold, but for the reason given nothing measured here can decide.
    ///
    /// A line whose hypotheses are not met, or that does not apply, stays as it is.
    pub fn undecided(mut self, why: &str) -> Self {
        if matches!(
            self.judgement,
            Judgement::Holds | Judgement::Fails | Judgement::CannotBeJudged
        ) {
            self.judgement = Judgement::CannotBeJudged;
            self.judged.0 = 0;
            self.note = why.to_owned();
        }
        self
    }

    /// Adds a remark, after whatever the note already says.
    pub(crate) fn remark(mut self, remark: String) -> Self {
        if self.note.is_empty() {
            self.note = remark;
        } else {
            self.note = format!("{}; {remark}", self.note);
        }
        self
    }

    /// Whether both are the same line of different draws.
    pub(super) fn matches(&self, other: &Self) -> bool {
        self.statement == other.statement && self.checked == other.checked
    }

    /// Keeps the more alarming of two draws of one line, the smaller margin among equals.
    pub(super) fn absorb(&mut self, other: Self) {
        let judged = (self.judged.0 + other.judged.0, self.judged.1 + other.judged.1);
        let size = |row: &Self| row.margin.unwrap_or(f64::NEG_INFINITY);
        debug_assert!(self.matches(&other), "{self:?} {other:?}");
        let worse = other.judgement > self.judgement
            || (other.judgement == self.judgement && size(&other) < size(self));
        if worse {
            *self = other;
        }
        self.judged = judged;
    }
}

/// Turns inequalities around, in tests: an audit that cannot fail is worth nothing.
#[cfg(test)]
pub(crate) mod tampering {
    use std::cell::Cell;

    use super::Relation;
    use crate::theory::Statement;

    /// Whose inequalities are turned around.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(crate) enum Flipped {
        /// One statement's.
        One(Statement),
        /// Every statement's.
        All,
    }

    thread_local! {
        static FLIPPED: Cell<Option<Flipped>> = const { Cell::new(None) };
    }

    /// Turns inequalities around until the next call.
    pub(crate) fn flip(flipped: Option<Flipped>) {
        FLIPPED.set(flipped);
    }

    pub(super) fn relation(statement: Statement, relation: Relation) -> Relation {
        let flipped = FLIPPED
            .get()
            .is_some_and(|flipped| flipped == Flipped::All || flipped == Flipped::One(statement));
        match (flipped, relation) {
            (false, relation) => relation,
            (true, Relation::AtMost) => Relation::AtLeast,
            (true, Relation::AtLeast) => Relation::AtMost,
        }
    }
}
