//! Judges a measured power of a size with its error, so that no line fails by chance.

use super::row::{Judgement, Relation::*, Row};
use crate::theory::{Hypothesis, Statement};

/// Other orders than the claimed one would be this far off.
const OTHERS: f64 = 0.5;
/// Standard errors beyond which a measurement is believed to differ: once in 16 000 audits.
pub(super) const SURE: f64 = 4.0;
/// Standard errors by which the other orders must be away for the claimed one to be said to hold.
const TOLD_APART: f64 = 2.0;

/// A measured power, with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exponent {
    /// The power.
    pub(super) value: f64,
    /// Its standard error.
    pub(super) error: f64,
}

impl Exponent {
    /// Whether more draws could change what is said of it.
    pub(super) fn is_open(&self, claimed: f64) -> bool {
        let distance = (self.value - claimed).abs();
        distance + TOLD_APART * self.error >= OTHERS && distance - SURE * self.error <= 0.5 * OTHERS
    }

    /// Judges that the power is the claimed one and not one that is 1/2 away: it fails when the measurement lies more than
    /// half-way to the others by more than 4 standard errors, holds when the others are more than 2 away, and cannot be
    /// judged otherwise. Being within half-way allows for sizes at which the order has not quite shown.
    pub(super) fn judge(
        &self,
        statement: Statement,
        checked: &'static str,
        hypotheses: &[Hypothesis],
        claimed: f64,
    ) -> Row {
        let distance = (self.value - claimed).abs();
        let sure = (distance - SURE * self.error).max(if distance.is_nan() { distance } else { 0.0 });
        let measured = if (distance + self.error).is_nan() {
            f64::NAN
        } else {
            sure
        };
        let row = Row::judge(statement, checked, hypotheses, measured, AtMost, 0.5 * OTHERS);
        let found = format!("power {:.3} ± {:.3}", self.value, self.error);
        if row.judgement == Judgement::Holds && self.is_open(claimed) {
            row.undecided(&format!("{found} does not tell {claimed} from another order"))
        } else {
            row.remark(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Claimed 0: near it with a small error holds, 1/2 with a small error fails, a large error decides nothing.
    #[test]
    fn three_ways() {
        let judge = |value, error| {
            let line = Exponent { value, error }.judge(Statement::Lemma3, "power", &[], 0.0);
            line.judgement
        };
        assert_eq!(judge(0.1, 0.1), Judgement::Holds);
        assert_eq!(judge(0.5, 0.05), Judgement::Fails);
        assert_eq!(judge(-0.5, 0.05), Judgement::Fails);
        assert_eq!(judge(0.3, 0.12), Judgement::CannotBeJudged);
        assert_eq!(judge(0.0, 0.3), Judgement::CannotBeJudged);
        assert_eq!(judge(f64::NAN, 0.1), Judgement::CannotBeJudged);
        assert_eq!(judge(0.1, f64::NAN), Judgement::CannotBeJudged);
    }
}
