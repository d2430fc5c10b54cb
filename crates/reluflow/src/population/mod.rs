//! Trains on the population: Gaussian inputs, a teacher, and the loss in closed form.
//!
//! ```text
//! L(θ) = ½ E (h(x) − h*(x))²      x ~ N(0, I_d),   h = (1/p) Σ_j a_j σ(⟨w_j,x⟩),   h* = Σ_k b_k σ(⟨v_k,x⟩)
//! dθ/dt = −p ∇L(θ)
//! ```
//!
//! There are no data and no kinks: [`Kernel`] gives value, gradient and Hessian as functions of norms and angles. So a run can go
//! on to a stationary point, and its [verdict](PopulationVerdict) says which kind it is.
//!
//! | part | what it does |
//! | --- | --- |
//! | [`Kernel`] | E σ(⟨w,x⟩) σ(⟨v,x⟩) and its derivatives |
//! | [`Teacher`], [`TeacherLaw`] | h* |
//! | [`PopulationField`] | L, dθ/dt and p ∇²L |
//! | [`PopulationProblem`] | the flow, gradient descent, Newton's method at the end |
//! | [`Overlaps`], [`minima`] | which neurons were found, which minima are the same |

mod field;
mod finish;
mod flow;
mod hessian;
mod kernel;
pub mod minima;
mod overlaps;
mod problem;
mod settings;
mod solution;
mod solve;
mod span;
mod sweep;
mod teacher;
mod units;
mod verdict;
mod zero;

pub use field::PopulationField;
pub use kernel::{Angle, Kernel, Length, Pair};
pub use overlaps::{Overlaps, found};
pub use problem::PopulationProblem;
pub use settings::{PopulationStops, check_method, check_model, check_record};
pub use solution::{PopulationEnd, PopulationRow, PopulationSolution};
pub use teacher::{Output, Teacher, TeacherLaw};
pub use verdict::{Curvature, Finish, PopulationVerdict};
