//! Says before a run what was read, and what may cost a day or can never succeed.

use reluflow::flow::{Accuracy, MAX_EXACT, neurons_may_gather};
use reluflow::{DataLaw, Dataset, Method, Success};
use serde::{Deserialize, Serialize};

use super::{Cell, DataSource, Experiment};
use crate::arrays::digits;

/// (min |y|)² over the mean of y² below which the trap lies near the end of the fit.
const NEAR_ZERO: f64 = 1e-3;
/// Root mean squares of the norms that are taken for a scale of the flow's own, between 1/FAR and FAR.
const FAR: f64 = 10.0;
/// Multiple of p·d from which n is far beyond what p neurons fit.
const FAR_BEYOND: f64 = 2.0;

/// More coordinates than neurons gather in are not worth a draw to look at.
const MOST_COORDINATES: u64 = 10;

/// What is looked at in a dataset before it is run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Labels that are 0.
    zero_labels: usize,
    /// min |y|.
    smallest_label: f64,
    /// Root mean square of the labels.
    label_scale: f64,
    /// Whether every label is 0 or 1, and both occur.
    zero_and_one: bool,
    /// Root mean square of ‖x‖.
    norm_scale: f64,
    /// Which labels no network without biases fits, why, and what helps.
    conflicts: Option<String>,
}

/// Which labels no network without biases fits, why, and what helps; none where all can be fitted.
pub fn unfittable(data: &Dataset) -> Option<String> {
    let conflicts = data.conflicts();
    (!conflicts.is_empty()).then(|| {
        let equal = |(i, k): &(usize, usize)| data.inputs().row(*i) == data.inputs().row(*k);
        match conflicts.rays.iter().any(equal) {
            true => format!("{conflicts}; two of these inputs are equal, which a bias does not tell apart"),
            false => format!("{conflicts}; bias = true appends a coordinate 1 to every input"),
        }
    })
}

/// Something to know before a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// What, in a sentence.
    pub text: String,
    /// Whether it is a warning.
    pub warning: bool,
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.warning {
            true => write!(f, "warning: {}", self.text),
            false => write!(f, "{}", self.text),
        }
    }
}

impl Facts {
    /// Looks at a dataset.
    pub(crate) fn of(data: &Dataset) -> Self {
        let labels = data.labels();
        let mean_square = |values: &mut dyn Iterator<Item = f64>| {
            let count = data.examples() as f64;
            (values.map(|value| value * value / count).sum::<f64>()).sqrt()
        };
        let zeros = labels.iter().filter(|label| **label == 0.0).count();
        let ones = labels.iter().filter(|label| **label == 1.0).count();
        Self {
            zero_labels: zeros,
            smallest_label: data.label_bounds().0,
            label_scale: mean_square(&mut labels.iter().copied()),
            zero_and_one: zeros > 0 && ones > 0 && zeros + ones == labels.len(),
            norm_scale: mean_square(&mut data.input_norms().into_iter()),
            conflicts: unfittable(data),
        }
    }

    /// What they mean for a run, in sentences. `fits`: whether labels are to be fitted, not only their signs found.
    fn warnings(&self, standardized: bool, fits: bool) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(conflicts) = self.conflicts.as_ref().filter(|_| fits) {
            warnings.push(conflicts.clone());
        }
        if self.zero_and_one {
            warnings.push(
                "the labels are 0 and 1; a network tells two classes by its sign, so −1 and 1 are what to give".into(),
            );
        }
        let rms = self.norm_scale;
        if !standardized && rms > 0.0 && !(1.0 / FAR..=FAR).contains(&rms) {
            warnings.push(format!(
                "the norms of the inputs are far from 1, {} in root mean square: times shrink and the cost of a unit of time \
                 grows with their square, {}; standardize = true gives every input column mean 0 and variance 1",
                digits(rms),
                digits(rms * rms),
            ));
        }
        warnings
    }

    /// What they mean for a success that is told by the trap.
    fn trap_warning(&self, success: Success) -> Option<String> {
        let level = "the level of the trap, (min |y|)²/2n,";
        let another = "stop.success = { relative-loss = 1e-3 }, for example, asks for a part of L(0)";
        if self.zero_labels > 0 {
            let then = match success {
                Success::Trap => "no draw can come below it",
                _ => "success is a loss below a millionth of L(0)",
            };
            let zeros = self.zero_labels;
            return Some(format!(
                "{zeros} labels are 0, so {level} is 0 and {then}; {another}"
            ));
        }
        let share = (self.smallest_label / self.label_scale).powi(2);
        (share < NEAR_ZERO).then(|| {
            format!(
                "the smallest label is {} in size where their root mean square is {}: {level} is {} of the loss of the \
                 network 0, and a draw succeeds only once nearly everything is fitted; {another}",
                digits(self.smallest_label),
                digits(self.label_scale),
                digits(share)
            )
        })
    }
}

impl Experiment {
    /// What to know before a run: what was read from files, and what may cost a day or can never succeed. Each once.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        let mut add = |text: String, warning: bool| {
            if notes.iter().all(|note| note.text != text) {
                notes.push(Note { text, warning });
            }
        };
        if self.equal_cells > 0 {
            let planned = self.cells.len() as u64 + self.equal_cells;
            add(
                format!(
                    "{} of {planned} cells are equal to others and are computed once",
                    self.equal_cells
                ),
                false,
            );
        }
        let mut last = None;
        for cell in &self.cells {
            // Cells of one spec stand together: what was said of one needs no look at the others.
            let spec = std::sync::Arc::as_ptr(&cell.spec);
            if last.replace(spec) == Some(spec) {
                continue;
            }
            if let Some(advice) = cell.advice_where_neurons_gather() {
                add(
                    format!(
                        "small starts in two coordinates: neurons gather in few directions and slide along kinks, where the fast flow may \
                         be late or wrong; {advice} (docs/small-starts.md)"
                    ),
                    false,
                );
            }
            let success = cell.spec.stops.success;
            let by_trap = matches!(success, Success::Trap)
                || (matches!(success, Success::Automatic) && cell.spec.stops.loss.is_none());
            match &cell.spec.data {
                DataSource::File(data) => {
                    let known = data.known();
                    if known.account.rows > 0 {
                        let digest = known.sha256.get(..16).unwrap_or_default();
                        add(format!("data: {}; SHA-256 of the numbers {digest}…", known.account), false);
                    }
                    for warning in known
                        .facts
                        .warnings(known.account.standardized, !cell.spec.model.loss.is_classification()) {
                        add(warning, true);
                    }
                    if let Some(warning) = known.facts.trap_warning(success).filter(|_| by_trap) {
                        add(warning, true);
                    }
                }
                DataSource::Law(DataLaw::Teacher(law)) if law.band.is_none() && by_trap => add(
                    "the labels of a teacher come near 0, and with them the level of the trap, (min |y|)²/2n; data.band = \
                     [1, 2] keeps them away"
                        .into(),
                    true,
                ),
                DataSource::Law(law) if law.labels_reach_zero() && by_trap => add(
                    "the labels come near 0, and with them the level of the trap, (min |y|)²/2n; stop.success = { relative-loss = \
                     1e-3 }, for example, asks for a part of L(0)"
                        .into(),
                    true,
                ),
                DataSource::Law(_) | DataSource::Population(_) => {}
            }
        }
        let far_beyond = |cell: &super::Cell| {
            let from_file = matches!(cell.spec.data, DataSource::File(_));
            from_file && cell.n as f64 > FAR_BEYOND * cell.p as f64 * cell.d as f64
        };
        if !self.cells.is_empty() && self.cells.iter().all(far_beyond) {
            add(
                "n is more than 2 p d in every cell: p neurons in dimension d fit about p d labels in general position, so \
                 success is not to be expected"
                    .into(),
                true,
            );
        }
        notes
    }
}

impl Cell {
    /// What to do where neurons gather in few directions, so that the fast flow cannot be trusted: in two coordinates, from a small start. None where
    /// they do not, or where the exact flow decides.
    fn advice_where_neurons_gather(&self) -> Option<String> {
        let Method::Flow(flow) = &self.spec.method else {
            return None;
        };
        let is_checked = flow.accuracy == Accuracy::Checked;
        let decays = !self.spec.model.decay().is_none();
        let can_be_exact = !decays && self.n * self.p <= MAX_EXACT as u64;
        let drawn = !matches!(self.spec.data, DataSource::Population(_));
        if !drawn || self.n <= 1 || self.d > MOST_COORDINATES || (is_checked && can_be_exact) {
            return None;
        }
        let network = (self.spec.initialisation).specimen(self.p as usize, self.d as usize)?;
        neurons_may_gather(self.spec.model.activation, &network).then(|| match is_checked {
            _ if decays => "the exact flow, which decides elsewhere, knows no weight decay".to_owned(),
            true => format!(
                "accuracy = \"checked\" leaves such draws undecided where n·p is above {MAX_EXACT}; method = \"exact\" in [flow] decides them"
            ),
            false => format!(
                "use method = \"exact\" in [flow], or accuracy = \"checked\", which asks it where n·p ≤ {MAX_EXACT}"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// A bias is advised where it helps: not for equal inputs with different labels.
    #[test]
    fn a_bias_is_advised_where_it_helps() {
        let words = |inputs| {
            let data = Dataset::new(inputs, array![1.0, -1.0]).unwrap();
            Facts::of(&data).warnings(true, true).join(" ")
        };
        let (multiples, equal) = (
            words(array![[1.0, 2.0], [2.0, 4.0]]),
            words(array![[1.0, 2.0], [1.0, 2.0]]),
        );
        assert!(multiples.contains("bias = true appends"), "{multiples}");
        assert!(equal.contains("a bias does not tell apart"), "{equal}");
        assert!(!equal.contains("bias = true"), "{equal}");
    }
}
