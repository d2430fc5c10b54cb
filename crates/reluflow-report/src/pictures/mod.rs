//! Draws pictures that are asked for by name: of one run's path, and of the trials of many.

mod angles;
mod column;
mod function;
mod heat;
mod histogram;
mod losses;
mod neurons;
mod regions;
mod singular_values;
mod table;

use reluflow_lab::Result;
use reluflow_lab::experiment::{BadInput, Place};
use reluflow_plot::{Axis, Chart};

use crate::path::{Along, Path};

pub use crate::choose::plain_markup;
pub use column::{Draws, Series, column};
pub use heat::{HeatCell, heat};
pub use histogram::{Sample, histogram};
pub use losses::{Curve, curves, losses};
pub use table::{Wish, columns, picture as table_picture};

/// A picture of one run's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The paths of the neurons in a plane.
    Neurons,
    /// Angle and size of every neuron over time.
    Angles,
    /// The singular values of W over time.
    SingularValues,
    /// The function of inputs on a line, with the kinks of its neurons.
    Function,
    /// Where the network is positive, over two-dimensional inputs.
    Regions,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Neurons,
        Self::Angles,
        Self::SingularValues,
        Self::Function,
        Self::Regions,
    ];

    /// The name in commands, and of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Neurons => "neurons",
            Self::Angles => "angles",
            Self::SingularValues => "singular-values",
            Self::Function => "function",
            Self::Regions => "regions",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Draws a picture of a path.
///
/// # Errors
/// When the path is none, or its data have no such picture: they say which data have.
pub fn picture(kind: Kind, path: &Path, along: &Along) -> Result<Chart> {
    path.check()?;
    match kind {
        Kind::Neurons => neurons::neurons(path, &path.plane(along)?),
        Kind::Angles => Ok(angles::angles(path)),
        Kind::SingularValues => singular_values::singular_values(path),
        Kind::Function => function::function(path),
        Kind::Regions => regions::regions(path),
    }
}

/// A path whose data have no such picture.
fn no_picture(path: &Path, kind: Kind, expected: &str, found: impl ToString) -> reluflow_lab::Error {
    let place = Place::Flag(path.name.clone());
    BadInput::new(place, format!("no picture `{}`", kind.name()), expected, found).into()
}

/// The ratio of the largest to the smallest value from which an axis is logarithmic.
const WIDE: f64 = 30.0;

/// An axis for values: logarithmic where all are positive and far apart, from −1 to 1 where all are 0.
fn natural(label: &str, values: impl Iterator<Item = f64>) -> Axis {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    match (low, high) {
        (0.0, 0.0) => Axis::linear(label).over(-1.0, 1.0),
        _ if low > 0.0 && high >= WIDE * low => Axis::log(label),
        _ => Axis::linear(label),
    }
}
