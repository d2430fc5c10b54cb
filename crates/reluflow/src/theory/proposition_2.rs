//! Proposition 2: the closed form of the group initialisation, and its curvature between two orders.
//!
//! Orthonormal inputs in p groups whose labels share a sign; neuron j is active on group j only, correctly,
//! with |a_j| = ‖w_j‖ and w_j in the span of its group. Then groups decouple, and with D_j = Σ_{i∈j} y_i x_i,
//! τ = ‖D_j‖t/n, q = ‖w_j‖², c = cos∠(s_j w_j, D_j), K = p‖D_j‖/q_0, E = e^{−2τ}, A = 1 + c_0, B = 1 − c_0:
//!
//! ```text
//! c(t) = (A − BE)/(A + BE)                     q(t) = p‖D‖ G/(EK + J)
//! G = (A + BE)²/4                              J = τABE + (1 − E)(A² + B²E)/4
//! ```
//!
//! This is the solution of dq/dt = (2q/n)(‖D‖c − q/p), dc/dt = (‖D‖/n)(1 − c²), written so that nothing
//! overflows. On the group M = (q/p)(I + ŵŵᵀ), hence
//!
//! ```text
//! (2/n) min_j q_j/p ≤ μ ≤ (4/n) max_j q_j/p
//! ```

use crate::error::{Error, Result};
use crate::theory::Hypothesis;
use crate::{Dataset, Network};

/// One group and its neuron.
///
/// | symbol | meaning | name |
/// | --- | --- | --- |
/// | n | examples of the whole problem (a number, so that 10^18 is allowed) | `examples` |
/// | p | neurons of the whole problem | `neurons` |
/// | ‖D‖ | norm of the labels of the group | `target` |
/// | c_0 | alignment at time 0 | `alignment` |
/// | q_0 | ‖w‖² at time 0 | `squared_norm` |
///
/// Every function of time costs O(1), neither overflows nor loses relative accuracy for τ up to 10⁶ and n up
/// to 10^18.
///
/// ```
/// use reluflow::theory::proposition_2::Group;
/// let group = Group::new(100.0, 4.0, 5.0, 1.0, 2.0).unwrap();
/// assert_eq!(group.squared_norm(0.0), 2.0);
/// assert_eq!(group.squared_norm(1e9), 4.0 * 5.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    examples: f64,
    neurons: f64,
    target: f64,
    alignment: f64,
    squared_norm: f64,
}

impl Group {
    /// A group from n, p, ‖D‖, c_0 and q_0.
    ///
    /// # Errors
    /// Unless n, p ≥ 1, ‖D‖, q_0 > 0 and 0 < c_0 ≤ 1 (all finite).
    pub fn new(examples: f64, neurons: f64, target: f64, alignment: f64, squared_norm: f64) -> Result<Self> {
        let numbers = [
            ("number of examples n", examples, 1.0),
            ("number of neurons p", neurons, 1.0),
            ("target norm", target, f64::MIN_POSITIVE),
            ("squared norm q_0", squared_norm, f64::MIN_POSITIVE),
        ];
        for (name, value, least) in numbers {
            if !(value >= least && value.is_finite()) {
                return Err(Error::out_of_range(name, format!("at least {least}"), value));
            }
        }
        if !(alignment > 0.0 && alignment <= 1.0) {
            return Err(Error::out_of_range(
                "alignment c_0",
                "above 0 and at most 1",
                alignment,
            ));
        }
        Ok(Self {
            examples,
            neurons,
            target,
            alignment,
            squared_norm,
        })
    }

    /// n.
    pub fn examples(&self) -> f64 {
        self.examples
    }
    /// p.
    pub fn neurons(&self) -> f64 {
        self.neurons
    }
    /// ‖D‖.
    pub fn target(&self) -> f64 {
        self.target
    }
    /// c_0.
    pub fn initial_alignment(&self) -> f64 {
        self.alignment
    }

    /// K = p‖D‖/q_0: how far the neuron has to grow.
    pub fn growth(&self) -> f64 {
        self.neurons * self.target / self.squared_norm
    }

    /// τ = ‖D‖t/n.
    pub fn rescaled_time(&self, time: f64) -> f64 {
        self.target * time / self.examples
    }

    /// A, B, E, A + BE and EK + J at τ.
    fn parts(&self, tau: f64) -> Parts {
        let (a, b) = (1.0 + self.alignment, 1.0 - self.alignment);
        let e = (-2.0 * tau).exp();
        let one_less_e = -(-2.0 * tau).exp_m1();
        let j = tau * a * b * e + one_less_e * (a * a + b * b * e) / 4.0;
        Parts {
            a,
            b,
            e,
            sum: a + b * e,
            divisor: e * self.growth() + j,
        }
    }

    /// c(t), the cosine between s_j w_j and D_j.
    pub fn alignment(&self, time: f64) -> f64 {
        let Parts { a, b, e, sum, .. } = self.parts(self.rescaled_time(time));
        (a - b * e) / sum
    }

    /// q(t) = ‖w_j‖² = a_j².
    pub fn squared_norm(&self, time: f64) -> f64 {
        let Parts { sum, divisor, .. } = self.parts(self.rescaled_time(time));
        self.neurons * self.target * (sum * sum / 4.0 / divisor)
    }

    /// (low, high) with low ≤ q(t) ≤ high, where 1/high = 1/(q_0 g²) + (1 − 1/g²)/(p‖D‖) and 1/low is the
    /// same with c_0 p‖D‖ in place of p‖D‖; g² = e^{2τ}(A + BE)²/4.
    ///
    /// From c_0 ≤ c ≤ 1 and (g²)' = 2cg²: (g² − 1)/2 ≤ ∫g² ≤ (g² − 1)/(2c_0).
    pub fn squared_norm_bounds(&self, time: f64) -> (f64, f64) {
        let tau = self.rescaled_time(time);
        let Parts { b, e, sum, .. } = self.parts(tau);
        // 1/g² and 1 − 1/g², the latter without cancellation at small τ.
        let past = -(-2.0 * tau).exp_m1();
        let kept = 4.0 * e / (sum * sum);
        let gone = past * (4.0 * self.alignment + b * b * past) / (sum * sum);
        let limit = self.neurons * self.target;
        let bound = |limit: f64| 1.0 / (kept / self.squared_norm + gone / limit);
        (bound(self.alignment * limit), bound(limit))
    }

    /// log L_j(t), with L_j = (1/2n)‖y_j − h_j‖² = (‖D‖²/2n)((c − q/(p‖D‖))² + 1 − c²).
    ///
    /// −∞ when nothing is left.
    pub fn log_loss(&self, time: f64) -> f64 {
        let tau = self.rescaled_time(time);
        let Parts {
            a,
            b,
            e,
            sum,
            divisor,
        } = self.parts(tau);
        // c − q/(p‖D‖) = E·shortfall and 1 − c² = E·tilt: both vanish like E, which is kept apart.
        let cubic = -a * a * a + a * b * b - 4.0 * a * a * b + e * (-4.0 * a * b * b + a * a * b - b * b * b);
        let numerator = (a - b * e) * 4.0 * (self.growth() + tau * a * b) + cubic;
        let shortfall = numerator / (4.0 * sum * divisor);
        let tilt = 4.0 * a * b / (sum * sum);
        let scale = (self.target * self.target / (2.0 * self.examples)).ln();
        if tilt > 0.0 {
            scale - 2.0 * tau + (e * shortfall * shortfall + tilt).ln()
        } else {
            scale - 4.0 * tau + 2.0 * shortfall.abs().ln()
        }
    }

    /// L_j(t); 0 once it falls below the smallest number.
    pub fn loss(&self, time: f64) -> f64 {
        self.log_loss(time).exp()
    }
}

/// What every function of time is made of.
struct Parts {
    a: f64,
    b: f64,
    e: f64,
    sum: f64,
    divisor: f64,
}

/// Relative rounding allowed when hypotheses of exact equality are checked.
const ROUNDING: f64 = 1e-9;

/// The groups of a problem, or which hypothesis fails.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupProblem {
    /// The hypotheses, with margins.
    pub hypotheses: Vec<Hypothesis>,
    /// One group a neuron, when all hypotheses hold; else empty.
    pub groups: Vec<Group>,
}

impl GroupProblem {
    /// Checks the hypotheses of Proposition 2 and reads the groups off a problem, in O(ndp).
    ///
    /// Margins are relative roundings: ‖x_i‖ = 1 and |a_j| = ‖w_j‖ are met to 10⁻⁹. Groups need not be of
    /// equal size: the closed form does not ask for it.
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        let (n, p) = (dataset.examples(), network.neurons());
        let (low, high) = dataset.input_norm_bounds();
        let preactivations = dataset.preactivations(network.hidden_weights());
        let (mut owners, mut wrong) = (vec![0usize; n], 0usize);
        let (mut outside, mut unbalance) = (0.0f64, 0.0f64);
        let mut groups = Vec::with_capacity(p);
        for ((w, u), a) in network
            .hidden_weights()
            .rows()
            .into_iter()
            .zip(preactivations.rows())
            .zip(network.output_weights())
        {
            let square = w.dot(&w);
            let (mut target, mut along, mut span) = (0.0, 0.0, 0.0);
            for (i, (u, y)) in u.iter().zip(dataset.labels()).enumerate() {
                if *u > 0.0 {
                    owners[i] += 1;
                    wrong += usize::from(a * y <= 0.0);
                    target += y * y;
                    along += u * y.abs();
                    span += u * u;
                }
            }
            unbalance = unbalance.max((a * a - square).abs() / square);
            outside = outside.max((square - span).abs() / square);
            groups.push((target.sqrt(), along / (square * target).sqrt(), square));
        }
        let lonely = owners.iter().filter(|owners| **owners != 1).count();
        let hypotheses = vec![
            Hypothesis::fact("the inputs are orthogonal", dataset.is_orthogonal()),
            Hypothesis::weak("‖x_i‖ = 1", ROUNDING - (high - 1.0).max(1.0 - low)),
            Hypothesis::fact("exactly one neuron is active on each example", lonely == 0),
            Hypothesis::fact("it is correctly active", wrong == 0),
            Hypothesis::weak("|a_j| = ‖w_j‖", ROUNDING - unbalance),
            Hypothesis::weak("w_j is in the span of its group", ROUNDING - outside),
        ];
        let groups = if super::hypothesis::all_hold(&hypotheses) {
            groups
                .into_iter()
                .filter_map(|(target, c, q)| Group::new(n as f64, p as f64, target, c.min(1.0), q).ok())
                .collect()
        } else {
            Vec::new()
        };
        Self { hypotheses, groups }
    }
}

/// (low, high) with low ≤ μ(t) ≤ high: (2/n) min_j and (4/n) max_j of the bounds on q_j/p.
///
/// For k = n^{2(1−α)} examples a group, C_y^−√k ≤ ‖D_j‖ ≤ C_y^+√k and q_0 ≤ p‖D_j‖ this says
/// μ ≤ 4 C_y^+ n^{−α} at all times and lim inf μ ≥ 2 c_0 C_y^− n^{−α}: the order n^{−α} for α in [1/2, 1].
pub fn curvature_bounds(groups: &[Group], time: f64) -> (f64, f64) {
    groups.iter().fold((f64::INFINITY, 0.0), |(low, high), group| {
        let (q_low, q_high) = group.squared_norm_bounds(time);
        let unit = 2.0 / (group.examples * group.neurons);
        (low.min(unit * q_low), high.max(2.0 * unit * q_high))
    })
}

/// The generic limit of μ, 2 min_j ‖D_j‖/n: the residual ends across ŵ. It is twice that when it cannot (groups of
/// one example) or does not (aligned starts, c_0 = 1).
pub fn limit(groups: &[Group]) -> f64 {
    groups
        .iter()
        .map(|group| 2.0 * group.target / group.examples)
        .fold(f64::INFINITY, f64::min)
}

/// α = 1 − log k/(2 log n): the order n^{−α} of the curvature with groups of k examples.
pub fn order(members: usize, examples: usize) -> f64 {
    1.0 - (members as f64).ln() / (2.0 * (examples as f64).ln())
}
