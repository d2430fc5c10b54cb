//! Holds the path of one run: its networks over time, with the data they were trained on.

mod follow;
mod plane;
mod thin;

use reluflow::model::Activation;
use reluflow::observe::Snapshot;
use reluflow::{Dataset, Network};
use reluflow_lab::Result;
use reluflow_lab::experiment::{BadInput, Place};

pub use follow::follow;
pub use plane::{Along, Direction, Plane};
pub use thin::thinned;

/// An event of the exact flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// When.
    pub time: f64,
    /// Which neuron, from 0.
    pub neuron: usize,
    /// On which example, from 0.
    pub example: usize,
    /// What, as in tables: `crossed`, `began-to-slide`, …
    pub kind: String,
}

/// The networks of one run over time, in the units of its experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// What was run, in a few words.
    pub name: String,
    /// How it ended, in a sentence.
    pub verdict: String,
    /// The examples.
    pub dataset: Dataset,
    /// σ.
    pub activation: Activation,
    /// c in h(x) = c Σ_j a_j σ(⟨w_j, x⟩): 1/p, or 1 where networks are not scaled.
    pub output_factor: f64,
    /// The networks, by time.
    pub snapshots: Vec<Snapshot>,
    /// What happened on the way, by time.
    pub events: Vec<Happening>,
}

/// Inputs on a line with a constant coordinate: x_i = (s_i, c), in either order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Which coordinate varies.
    pub coordinate: usize,
    /// c ≠ 0.
    pub constant: f64,
}

impl Line {
    /// The input at s.
    pub fn input(&self, s: f64) -> [f64; 2] {
        let mut input = [self.constant; 2];
        input[self.coordinate] = s;
        input
    }

    /// Where ⟨w, (s, c)⟩ = 0, s = −c w_bias/w_s; nowhere for w_s = 0.
    pub fn kink(&self, w: [f64; 2]) -> Option<f64> {
        let kink = -self.constant * w[1 - self.coordinate] / w[self.coordinate];
        kink.is_finite().then_some(kink)
    }
}

impl Path {
    /// Checks that there is something to draw: two networks or more, of one shape, at increasing times.
    ///
    /// # Errors
    /// With what was expected and found.
    pub fn check(&self) -> Result<()> {
        let bad = |problem: &str, expected: &str, found: String| {
            let place = Place::Flag(self.name.clone());
            Err(BadInput::new(place, problem, expected, found).into())
        };
        let Some(first) = self.snapshots.first() else {
            return bad("no path", "networks at two times or more", "none".to_owned());
        };
        if self.snapshots.len() < 2 {
            return bad("no path", "networks at two times or more", "one".to_owned());
        }
        let shape = |network: &Network| (network.neurons(), network.dimension());
        let expected = (shape(&first.network).0, self.dataset.dimension());
        for snapshot in &self.snapshots {
            let found = shape(&snapshot.network);
            if found != expected {
                let expected = format!("{} neurons in dimension {}", expected.0, expected.1);
                let found = format!("{} in {} at time {}", found.0, found.1, snapshot.time);
                return bad("networks of two shapes", &expected, found);
            }
        }
        let times = self.snapshots.windows(2);
        for (before, after) in times.map(|pair| (pair[0].time, pair[1].time)) {
            // Not `after <= before`: a time that is not a number is refused, too.
            if !(after > before && after.is_finite()) {
                return bad(
                    "times out of order",
                    "increasing times",
                    format!("{after} after {before}"),
                );
            }
        }
        Ok(())
    }

    /// Number of neurons p.
    pub fn neurons(&self) -> usize {
        self.snapshots.first().map_or(0, |one| one.network.neurons())
    }

    /// The last snapshot with finite weights.
    pub fn end(&self) -> Option<&Snapshot> {
        let finite = |one: &&Snapshot| {
            one.network.hidden_weights().iter().all(|w| w.is_finite())
                && one.network.output_weights().iter().all(|a| a.is_finite())
        };
        self.snapshots.iter().rev().find(finite)
    }

    /// h(x) of a network of the path.
    pub fn output(&self, network: &Network, x: &[f64]) -> f64 {
        // `output_with` has the factor 1/p.
        self.output_factor * network.neurons() as f64 * network.output_with(self.activation, x)
    }

    /// The line that the inputs lie on, if they are numbers with a constant coordinate.
    pub fn line(&self) -> Option<Line> {
        let inputs = self.dataset.inputs();
        // One input alone has two constant coordinates.
        if inputs.ncols() != 2 || inputs.nrows() < 2 {
            return None;
        }
        let constant = |k: usize| {
            let value = inputs[(0, k)];
            (value != 0.0 && inputs.column(k).iter().all(|x| *x == value)).then_some(value)
        };
        // A bias is written last; of two constant coordinates that one is it.
        [1, 0].into_iter().find_map(|k| {
            constant(k).map(|constant| Line {
                coordinate: 1 - k,
                constant,
            })
        })
    }

    /// Times with a place on a logarithmic axis: time 0 stands a step before the first positive one.
    pub fn logarithmic_times(&self) -> Vec<f64> {
        let positive: Vec<f64> = self
            .snapshots
            .iter()
            .map(|one| one.time)
            .filter(|t| *t > 0.0)
            .collect();
        let (first, last) = match (positive.first(), positive.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => (1.0, 1.0),
        };
        let step = (last / first).powf(1.0 / positive.len().max(2) as f64).max(1.01);
        let place = |one: &Snapshot| if one.time > 0.0 { one.time } else { first / step };
        self.snapshots.iter().map(place).collect()
    }
}
