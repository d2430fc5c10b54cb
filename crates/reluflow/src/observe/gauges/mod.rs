//! The registry of observables: the columns of each, and the file that reads them.
//!
//! An observable of its own is a file here with `COLUMNS` and `gauge`, its `mod`, and a line of the list below. What
//! is listed with columns in brackets is read by the recorder itself, into fields of [`Row`](super::Row).

mod angles;
mod flipped;
pub(crate) mod given_directions;
mod kernel_distance;
mod label_alignment;
mod margin_ratio;
mod merged;
mod movement;
mod rank;
mod squared_norm;
mod teacher;
mod test;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::column::{Column, Unit};
use super::gauge::{Gauge, Scene};

/// Makes the gauge of an observable.
pub(crate) type Make = fn(&Scene<'_>) -> Box<dyn Gauge>;

macro_rules! observables {
    (@columns [$($column:expr),*]) => { const { &[$($column),*] } };
    (@columns $file:ident) => { &$file::COLUMNS };
    (@gauge [$($column:expr),*]) => { None };
    (@gauge $file:ident) => { Some($file::gauge as Make) };
    (@count [$($column:expr),*]) => { 0 };
    (@count $file:ident) => { $file::COLUMNS.len() };
    ($($(#[$doc:meta])* $name:ident = $source:tt;)*) => {
        /// A group of columns of a trajectory. Time, step and loss are always written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Observable {
            $($(#[$doc])* $name,)*
        }

        impl Observable {
            /// All of them, in the order of tables.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its columns.
            pub const fn columns(self) -> &'static [Column] {
                match self {
                    $(Self::$name => observables!(@columns $source),)*
                }
            }

            /// How its gauge is made, where it has a file of its own.
            pub(crate) fn gauge(self) -> Option<Make> {
                match self {
                    $(Self::$name => observables!(@gauge $source),)*
                }
            }
        }

        /// Number of columns that gauges read.
        pub(crate) const GAUGED: usize = 0 $(+ observables!(@count $source))*;
    };
}

observables! {
    /// L (always written).
    Loss = [Column::real("loss", "loss L", Unit::Loss)];
    /// `mu`, `mu_avg`: μ and ⟨μ⟩; of the objective, with weight decay.
    Curvature = [Column::real("mu", "μ", Unit::Loss), Column::real("mu_avg", "⟨μ⟩", Unit::Loss)];
    /// `mu_low`, `mu_upp`: the bounds of Lemma 6; of the exact flow with the multipliers of pairs that slide in the place of σ'.
    CurvatureBounds = [Column::real("mu_low", "μ_low", Unit::Loss), Column::real("mu_upp", "μ_upp", Unit::Loss)];
    /// `balance_drift`: max_j |B_j(t) − B_j(0)|, B_j = a_j² − ‖w_j‖², which the flow keeps; with weight decay λ, the distance from
    /// B_j(0) e^(−2λt); no column where balances have no law.
    Balance = [Column::real("balance_drift", "max |Δ(a² − ‖w‖²)|", Unit::SquaredWeight)];
    /// `active`, `correct`: numbers of active and correctly active pairs (j, i).
    Activity = [Column::count("active", "active pairs"), Column::count("correct", "correctly active pairs")];
    /// `lost`: number of examples without a correctly active neuron; one with label 0 needs none.
    Lost = [Column::count("lost", "lost examples")];
    /// `uncovered`, `newly_lost`: number of examples without a correctly active neuron at the start (event E of Lemma 5
    /// holds where there is none), and of those without one now that had one at the start.
    Coverage = [Column::count("uncovered", "lost at the start"), Column::count("newly_lost", "lost since")];
    /// `lambda_min`, `lambda_max`: the ends of the spectrum of M, O(n³) a row; of the exact flow with the multipliers of pairs that
    /// slide in the place of σ'.
    Spectrum = [
        Column::real("lambda_min", "λ_min(M)", Unit::Number),
        Column::real("lambda_max", "λ_max(M)", Unit::Number)
    ];
    /// `diagonal_min`, `slowest`: min_i M_ii and its i, O(np) a row on orthogonal inputs, O(n²dp) on others. On orthogonal
    /// inputs also `predicted_min`, `predicted_slowest`: what the start predicts of them at the end.
    Diagonal = [
        Column::real("diagonal_min", "min M_ii", Unit::Number),
        Column::index("slowest", "example with min M_ii"),
        Column::real("predicted_min", "predicted of min M_ii", Unit::Number),
        Column::index("predicted_slowest", "predicted example")
    ];
    /// `margin` = min_i y_i h(x_i) / N with N = (1/p) Σ_j (‖w_j‖² + a_j²), the squared norm of both layers; `margin_hidden`, the same over
    /// √((1/p) Σ_j ‖w_j‖²); `smoothed_margin` = log(1/(nL)) / N, or over the norm of `margin_hidden` where the output layer is frozen, and none
    /// for the square loss; `alignment` = cos(θ, dθ/dt), which tends to 1 where the weights grow along a direction; where
    /// neurons slide along kinks it is too small unless the flow is the exact one. O(ndp) a row.
    Margin = [
        Column::real("margin", "margin", Unit::Number),
        Column::real("margin_hidden", "margin over ‖W‖", Unit::Number),
        Column::real("smoothed_margin", "smoothed margin", Unit::Number),
        Column::real("alignment", "cos(θ, dθ/dt)", Unit::Number)
    ];
    /// `objective`: L with the penalty of weight decay, (λ/2p) Σ_j (‖w_j‖² + a_j²).
    Objective = [Column::real("objective", "objective", Unit::Loss)];
    /// `energy_defect`: the part of the fall of the loss since the row before that dissipation does not explain, Σ |ΔF + ∫ dissipation|/F over
    /// Σ |Δ log F|, both over the steps between. It is small where the flow is smooth, and large where neurons slide along kinks, over which
    /// steps average. Not of gradient descent and the exact flow.
    Energy = [Column::real("energy_defect", "energy defect", Unit::Number)];
    /// `tau`: τ = ∫ L dt (of the objective, with weight decay), the clock in which the weights of a separated classification grow exponentially.
    Tau = [Column::real("tau", "τ", Unit::Number)];
    /// The network itself, kept in the [path](crate::Solution::path) of the solution: p(d + 1) numbers a row, no column.
    Network = [];
    /// `squared_norm`, `hidden_norm`: ‖θ‖² and ‖W‖, O(dp) a row.
    SquaredNorm = squared_norm;
    /// `stable_rank`, `nuclear_norm`, `singular_1` … `singular_5`: of the hidden weights.
    Rank = rank;
    /// `max_angle_positive`, `mean_angle_positive`, `max_angle_negative`, `mean_angle_negative`: between active neurons of one sign, in radians.
    Angles = angles;
    /// `label_alignment`, `min_label_alignment`: cos(w_j, ±γ) of active neurons, γ = (1/n) Σ y_i x_i.
    LabelAlignment = label_alignment;
    /// `nearest_1`, `share_1`, …: for each of the record's `directions`, up to four, the largest cos(w_j, v_k), and the share of ‖W‖² in neurons with cos(w_j, v_k) > 0.95.
    GivenDirections = given_directions;
    /// `teacher_cosine`, `teacher_found`: neurons near those of the teacher.
    Teacher = teacher;
    /// `directions`, `top_share`: directions of active neurons, merged at cos > 0.99.
    Directions = merged;
    /// `margin_ratio`: smallest over largest margin y_i h(x_i).
    MarginRatio = margin_ratio;
    /// `distance`, `hidden_movement`: ‖θ − θ(0)‖ and ‖W − W(0)‖/‖W(0)‖.
    Movement = movement;
    /// `flipped`: the share of activations that differ from the start's.
    Flipped = flipped;
    /// `kernel_distance`: 1 − cos of M and M(0), O(n²(d + p)) a row.
    KernelDistance = kernel_distance;
    /// `test_loss`, `test_error`: on the test examples.
    Test = test;
}

/// The columns that every record has, before the loss.
const ALWAYS: [Column; 3] = [
    Column::real("time", "time t", Unit::Time),
    Column::count("step", "steps"),
    Column::count("evaluations", "evaluations"),
];

/// Every column that a trajectory can have, in the order of tables.
pub fn columns() -> impl Iterator<Item = &'static Column> {
    let observed = Observable::ALL.iter().flat_map(|observable| observable.columns());
    ALWAYS.iter().chain(observed)
}

/// The column of a name.
pub fn column(name: &str) -> Option<&'static Column> {
    columns().find(|column| column.name == name)
}
