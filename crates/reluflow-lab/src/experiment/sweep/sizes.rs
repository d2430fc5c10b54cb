//! Finds d, n and p of one cell: from the axes, relative to one another, by Lemma 5, or from the files.

use reluflow::theory::lemma_5;

use super::read::count;
use super::{Combination, Examples, Sweep, Unit, Width};
use crate::experiment::bad_input::BadInput;
use crate::experiment::document::Node;
use crate::experiment::origin::Origin;

/// d, n and p of one cell with the places they came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sizes {
    /// d.
    pub d: u64,
    /// n.
    pub n: u64,
    /// p.
    pub p: u64,
    /// Where n was read.
    pub n_origin: Origin,
    /// Where d was read.
    pub d_origin: Origin,
    /// Where p was read.
    pub p_origin: Origin,
}

impl Sweep {
    /// d, n, p of a combination; `given` fills in what the files say. `None` when a bound on n leaves it out.
    ///
    /// # Errors
    /// When one is missing, not a whole number, or zero.
    pub fn sizes(
        &self,
        at: &Combination,
        given: (Option<u64>, Option<u64>, Option<u64>),
    ) -> Result<Option<Sizes>, BadInput> {
        let missing = |name: &str, expected: &str| {
            BadInput::at(
                &self.origin,
                format!("[sweep] lacks `{name}`"),
                expected,
                "nothing",
            )
        };
        let (d, d_origin) = match (&self.dimensions, given.0) {
            (Some(values), _) => {
                let node = values.get(at.d);
                (count(&node, "d", 1)?, node.origin)
            }
            (None, Some(d)) => (d, self.origin.clone()),
            (None, None) => return Err(missing("d", "the dimension: a number, a list or a range")),
        };
        let mut p_origin = self.origin.clone();
        let fixed_p = match &self.width {
            Some(Width::Fixed(values)) => {
                let node = values.get(at.p);
                p_origin = node.origin.clone();
                Some(count(&node, "p", 1)?)
            }
            Some(Width::Lemma5 { .. }) => None,
            None => given.2,
        };
        let (n, n_origin) = match (&self.examples, given.1) {
            (Some(examples), _) => {
                let node = examples.values.get(at.n);
                let n = examples.resolve(&node, d, fixed_p)?;
                let low = examples
                    .at_least
                    .map_or(f64::NEG_INFINITY, |bound| bound.at(d, fixed_p));
                let high = examples
                    .at_most
                    .map_or(f64::INFINITY, |bound| bound.at(d, fixed_p));
                if (n as f64) < low || (n as f64) > high {
                    return Ok(None);
                }
                (n, node.origin)
            }
            (None, Some(n)) => (n, self.origin.clone()),
            (None, None) => {
                return Err(missing(
                    "n",
                    "the number of examples: a number, a list or a range",
                ));
            }
        };
        let p = match (&self.width, fixed_p) {
            (_, Some(p)) => p,
            (Some(Width::Lemma5 { .. }), None) if n == 0 => {
                return Err(BadInput::at(
                    &self.origin,
                    "p has no n to follow",
                    "a number, a list or a range of p, where the data are a population",
                    "p by Lemma 5, which follows n",
                ));
            }
            (Some(Width::Lemma5 { epsilon, times }), None) => {
                times * (lemma_5::width(n as usize, *epsilon) as u64 - 1) + 1
            }
            _ => {
                return Err(missing(
                    "p",
                    "the width: a number, a list, a range, or { lemma5 = 0.05 }",
                ));
            }
        };
        Ok(Some(Sizes {
            d,
            n,
            p,
            n_origin,
            d_origin,
            p_origin,
        }))
    }
}

impl Examples {
    fn resolve(&self, node: &Node, d: u64, p: Option<u64>) -> Result<u64, BadInput> {
        let scale = match (self.unit, p) {
            (Unit::One, _) => return count(node, "n", 1),
            (Unit::PerD, _) => d as f64,
            (Unit::PerPd, Some(p)) => p as f64 * d as f64,
            (Unit::PerPd, None) => {
                return Err(BadInput::at(
                    &node.origin,
                    "n and p each wait for the other",
                    "a p of its own together with n = { per_pd = … }",
                    "p by Lemma 5, which needs n",
                ));
            }
        };
        let n = node
            .as_number()
            .map_or(f64::NAN, |factor| (factor * scale).round());
        if (1.0..1e15).contains(&n) {
            Ok(n as u64)
        } else {
            let found = format!("factor {}, that is n = {n}", node.found());
            Err(BadInput::at(
                &node.origin,
                "n out of range",
                "factors for which n is at least 1",
                found,
            ))
        }
    }
}
