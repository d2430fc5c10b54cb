//! Names the axes of a sweep and reads a cell's value on one.

use super::{AxisValue, Cell, Experiment};

/// A size or key that varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Number of examples.
    Examples,
    /// Dimension.
    Dimension,
    /// Number of neurons.
    Neurons,
    /// A key of another section, by its index.
    Key(usize),
}

impl Axis {
    /// Its value in a cell.
    pub fn of(self, cell: &Cell) -> AxisValue {
        match self {
            Self::Examples => AxisValue::Number(cell.n as f64),
            Self::Dimension => AxisValue::Number(cell.d as f64),
            Self::Neurons => AxisValue::Number(cell.p as f64),
            Self::Key(k) => cell.axes.get(k).cloned().unwrap_or(AxisValue::Number(f64::NAN)),
        }
    }

    /// Its value in a cell, if it is a number.
    pub fn number(self, cell: &Cell) -> Option<f64> {
        match self.of(cell) {
            AxisValue::Number(value) => Some(value),
            AxisValue::Text(_) => None,
        }
    }

    /// Its name as a label in the markup of figures.
    pub fn label(self, experiment: &Experiment) -> String {
        match self {
            Self::Examples => "number of examples *n*".to_owned(),
            Self::Dimension => "dimension *d*".to_owned(),
            Self::Neurons => "number of neurons *p*".to_owned(),
            Self::Key(k) => match experiment.axes[k].as_str() {
                "init.tau" => "*τ*".to_owned(),
                "init.delta" => "*δ*".to_owned(),
                key => key.replace('_', " ").replace("init.", "").replace('.', " "),
            },
        }
    }

    /// Its symbol or key.
    pub fn symbol(self, experiment: &Experiment) -> String {
        match self {
            Self::Examples => "n".to_owned(),
            Self::Dimension => "d".to_owned(),
            Self::Neurons => "p".to_owned(),
            Self::Key(k) => experiment.axes[k].clone(),
        }
    }
}
