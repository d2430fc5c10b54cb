//! Draws reluflow's figures from plain numbers: trajectory, population, probabilities, map, thresholds, curvatures, transitions.

mod curvatures;
mod map;
mod population;
mod probabilities;
mod thresholds;
mod trajectory;
mod transitions;

pub use curvatures::{CurvatureSeries, curvatures};
pub use map::{MapCell, probability_map};
pub(crate) use map::{around, by_logarithm, edges};
pub use population::{ShareSeries, overlaps, share_estimate, shares, spurious_series};
pub(crate) use probabilities::threshold_text;
pub use probabilities::{CellPoint, ProbabilitySeries, probabilities};
pub use thresholds::{Cited, ThresholdSeries, thresholds};
pub use trajectory::trajectory;
pub use transitions::{Transition, transitions};
