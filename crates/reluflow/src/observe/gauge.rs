//! Reads an observable off the points of a flow: the interface of the files in `observe/gauges/`.

use std::fmt::Debug;

use crate::model::Model;
use crate::{Dataset, Network};

/// What an observable may refer to: the problem whose flow is observed.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The training examples.
    pub dataset: &'a Dataset,
    /// Whose flow it is.
    pub model: &'a Model,
    /// Directions that the record names.
    pub directions: &'a [Vec<f64>],
    /// Examples that are not trained on, where there are any.
    pub test: Option<&'a Dataset>,
    /// The network that labelled the examples, where one did.
    pub teacher: Option<&'a Network>,
}

/// A recorded point of a flow, as a gauge sees it.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The time.
    pub time: f64,
    /// L.
    pub loss: f64,
    /// The network.
    pub network: &'a Network,
}

/// Reads the columns of one observable.
pub trait Gauge: Debug + Send {
    /// Notes the start of a flow, where the observable refers to it.
    fn start(&mut self, _network: &Network) {}

    /// Writes one number a column into `out`, which is NaN before; NaN stands for one that does not exist.
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]);
}
