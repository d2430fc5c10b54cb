//! Says how a run ended, with the evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::success::Criterion;

/// Which allowance ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// The time of the flow.
    Time,
    /// τ = ∫ L dt.
    Tau,
    /// The number of steps.
    Steps,
    /// The number of evaluations of the field.
    Evaluations,
    /// The loss asked for was reached before the criterion of success was met.
    Loss,
    /// The norm of the gradient asked for was reached before the criterion of success was met.
    GradientNorm,
    /// The number of events of the exact flow.
    Events,
    /// The number of events of the exact flow at one instant: they may accumulate without end.
    EventsAtOnce,
    /// Steps have become so short that neither the end of time nor a level of the loss is in reach. Of the exact flow.
    Pace,
    /// The patience of the observer: it asked to stop.
    Observer,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The run met its criterion of success, which the sentence names. Unless `[stop] success` asks for another, that is the trap:
    /// L < (min |y|)²/(2n) with every sign right. No sign can go wrong from there on.
    Interpolating {
        /// By which criterion.
        criterion: Criterion,
        /// When it was met.
        time: f64,
        /// The loss at the end.
        loss: f64,
    },
    /// The same for a classification: L < ℓ(0)/n, so that every output has the sign of its label, for ever.
    Separating {
        /// When.
        time: f64,
        /// The loss at the end.
        loss: f64,
    },
    /// No neuron is correctly active on some examples, and none can come back: they are never fitted.
    LostExamples {
        /// Which, from 0.
        examples: Vec<usize>,
        /// The loss at the end.
        loss: f64,
    },
    /// The flow has come to rest without success, or in the trap above the floor of rounding: over the second half of the time run the
    /// loss fell by less than 10⁻⁴ of itself and no neuron moved by more than 10⁻³ of its norm, and 200 small steps confirmed it. Or no step
    /// that errors allow moves a neuron beyond rounding: then `relative_decrease` and `largest_move` are 0.
    Stationary {
        /// The loss at the end.
        loss: f64,
        /// ‖∇L‖ at the end.
        gradient_norm: f64,
        /// Relative fall of the loss since half of the time run.
        relative_decrease: f64,
        /// Largest movement of a neuron since then, relative to its norm.
        largest_move: f64,
    },
    /// Time, steps, evaluations or events ran out before any of these, or the run reached a loss or gradient norm at which it was told
    /// to stop.
    OutOfBudget {
        /// What ran out.
        budget: Budget,
        /// The loss at the end.
        loss: f64,
    },
    /// `accuracy = "checked"` only: accuracies disagree, neurons slide along kinks for most of the way, or a small start has two coordinates; and the exact flow cannot be asked, since n·p is above 5000 or weights decay.
    Undecided {
        /// The verdict of the default accuracy, as one word.
        standard: String,
        /// The verdict of the careful accuracy, as one word.
        careful: String,
        /// The verdict of the strict accuracy, as one word; none where neurons slide so much that it was not asked.
        #[serde(default)]
        strict: Option<String>,
        /// The loss at the end of the careful run.
        loss: f64,
    },
    /// The loss grew 10¹²-fold: the step of gradient descent is too long.
    Diverged {
        /// When it was noticed.
        time: f64,
        /// The loss then.
        loss: f64,
    },
    /// The loss ceased to be a number.
    NotFinite {
        /// When.
        time: f64,
    },
    /// The caller stopped the run.
    Interrupted {
        /// When.
        time: f64,
        /// The loss then.
        loss: f64,
    },
}

impl Verdict {
    /// The kind as one word, as in tables.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Interpolating { .. } => "interpolating",
            Self::Separating { .. } => "separating",
            Self::LostExamples { .. } => "lost-examples",
            Self::Stationary { .. } => "stationary",
            Self::OutOfBudget { .. } => "out-of-budget",
            Self::Undecided { .. } => "undecided",
            Self::Diverged { .. } => "diverged",
            Self::NotFinite { .. } => "not-finite",
            Self::Interrupted { .. } => "interrupted",
        }
    }

    /// Whether the run interpolates, or separates.
    pub fn converged(&self) -> bool {
        matches!(self, Self::Interpolating { .. } | Self::Separating { .. })
    }
}

/// A time: six decimals where they tell it, powers of ten otherwise.
struct Moment(f64);

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.0;
        match time == 0.0 || (1e-3..1e9).contains(&time.abs()) {
            true => write!(f, "{time:.6}"),
            false => write!(f, "{time:.3e}"),
        }
    }
}

impl std::fmt::Display for Verdict {
    /// One sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interpolating {
                criterion,
                time,
                loss,
            } => {
                write!(
                    f,
                    "interpolating: from t = {} on {}; the loss ended at {loss:.3e}",
                    Moment(*time),
                    criterion.sentence()
                )
            }
            Self::Separating { time, loss } => write!(
                f,
                "separating: from t = {} on every output has the sign of its label; the loss ended at {loss:.3e}",
                Moment(*time)
            ),
            Self::Undecided {
                standard,
                careful,
                strict,
                loss,
            } => {
                write!(
                    f,
                    "undecided: {standard} at the default accuracy, {careful} at the careful one"
                )?;
                match strict {
                    None => write!(f, ", and where neurons slide along kinks both may be wrong")?,
                    Some(strict) => write!(f, ", {strict} at a stricter one")?,
                }
                if standard == careful && strict.as_ref() == Some(careful) {
                    write!(f, ", but at times far apart")?;
                }
                write!(f, "; the exact flow cannot be asked; loss {loss:.3e}")
            }
            Self::Diverged { time, loss } => {
                write!(
                    f,
                    "diverged: the loss had grown to {loss:.3e} at t = {}",
                    Moment(*time)
                )
            }
            Self::LostExamples { examples, loss } => write!(
                f,
                "lost examples: no neuron is correctly active on {} of them (the first is {}); loss {loss:.3e}",
                examples.len(),
                examples.first().copied().unwrap_or(0)
            ),
            Self::Stationary {
                largest_move,
                loss,
                gradient_norm,
                relative_decrease,
            } => {
                match (*relative_decrease, *largest_move) {
                    (0.0, 0.0) if *gradient_norm == 0.0 => write!(f, "stationary: the gradient is 0")?,
                    // Nothing was measured: steps became too short, or were refused again and again.
                    (0.0, 0.0) => write!(
                        f,
                        "stationary as far as steps can tell: none that errors allow moves a neuron beyond rounding"
                    )?,
                    (decrease, moved) => write!(
                        f,
                        "stationary: over the second half of the run the loss fell by {decrease:.1e} of its value and no neuron moved by more than {moved:.1e} of its norm"
                    )?,
                }
                write!(f, "; gradient norm {gradient_norm:.1e}, loss {loss:.3e}")
            }
            Self::OutOfBudget { budget, loss } => {
                let what = match budget {
                    Budget::Time => "time",
                    Budget::Tau => "stopped at the tau asked for",
                    Budget::Steps => "steps",
                    Budget::Evaluations => "evaluations",
                    Budget::Loss => "stopped at the loss asked for",
                    Budget::GradientNorm => "stopped at the gradient norm asked for",
                    Budget::Events => "events",
                    Budget::EventsAtOnce => "events at one instant",
                    Budget::Pace => "steps too short to reach the end",
                    Budget::Observer => "stopped by the observer",
                };
                write!(f, "out of budget ({what}) before success; loss {loss:.3e}")
            }
            Self::NotFinite { time } => {
                write!(
                    f,
                    "not finite: the loss ceased to be a number at t = {}",
                    Moment(*time)
                )
            }
            Self::Interrupted { time, loss } => {
                write!(f, "interrupted at t = {}; loss {loss:.3e}", Moment(*time))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_says_what_was_seen() {
        let rests = |relative_decrease, largest_move, gradient_norm| {
            let verdict = Verdict::Stationary {
                loss: 0.25,
                gradient_norm,
                relative_decrease,
                largest_move,
            };
            verdict.to_string()
        };
        assert!(
            rests(1e-6, 1e-5, 1e-3)
                .starts_with("stationary: over the second half of the run the loss fell by 1.0e-6 ")
        );
        assert!(rests(0.0, 1e-5, 1e-3).contains("no neuron moved by more than 1.0e-5 "));
        let held = rests(0.0, 0.0, 3.6e6);
        assert!(
            held.contains("as far as steps can tell")
                && held.ends_with("; gradient norm 3.6e6, loss 2.500e-1")
        );
        assert!(rests(0.0, 0.0, 0.0).starts_with("stationary: the gradient is 0; "));
    }

    #[test]
    fn an_undecided_run_says_why() {
        let undecided = |strict: Option<&str>| {
            let verdict = Verdict::Undecided {
                standard: "stationary".into(),
                careful: "stationary".into(),
                strict: strict.map(str::to_owned),
                loss: 1.0,
            };
            verdict.to_string()
        };
        assert!(undecided(None).contains(
            "and where neurons slide along kinks both may be wrong; the exact flow cannot be asked"
        ));
        assert!(
            undecided(Some("interpolating"))
                .contains(", interpolating at a stricter one; the exact flow cannot")
        );
    }

    #[test]
    fn times_of_every_size_are_told() {
        let told = [0.0, 12.5, 1e-3, 1.25e-4, 3e-12, 2e9].map(|time| Moment(time).to_string());
        assert_eq!(
            told,
            [
                "0.000000",
                "12.500000",
                "0.001000",
                "1.250e-4",
                "3.000e-12",
                "2.000e9"
            ]
        );
    }
}
