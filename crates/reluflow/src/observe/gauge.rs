//! Reads an observable off the points of a flow: the interface of the files in `observe/gauges/`.

use std::cell::OnceCell;
use std::fmt::Debug;

use ndarray::{Array1, Array2};

use crate::model::{Activation, Model};
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

/// A recorded point of a flow, as a gauge sees it: what several gauges need of the examples is computed once.
#[derive(Debug)]
pub struct Look<'a> {
    /// The time.
    pub time: f64,
    /// L.
    pub loss: f64,
    /// The network.
    pub network: &'a Network,
    dataset: &'a Dataset,
    activation: Activation,
    preactivations: OnceCell<Array2<f64>>,
    outputs: OnceCell<Array1<f64>>,
}

impl<'a> Look<'a> {
    /// A network at a time, with the training examples.
    pub fn new(
        (time, loss): (f64, f64),
        network: &'a Network,
        dataset: &'a Dataset,
        activation: Activation,
    ) -> Self {
        Self {
            time,
            loss,
            network,
            dataset,
            activation,
            preactivations: OnceCell::new(),
            outputs: OnceCell::new(),
        }
    }

    /// u_ji = ⟨w_j, x_i⟩ on the training examples, p × n; O(ndp) when it is asked for first.
    pub fn preactivations(&self) -> &Array2<f64> {
        self.preactivations
            .get_or_init(|| self.dataset.preactivations(self.network.hidden_weights()))
    }

    /// h(x_i) on the training examples, length n.
    pub fn outputs(&self) -> &Array1<f64> {
        self.outputs.get_or_init(|| {
            self.dataset
                .outputs_at(self.activation, self.network, self.preactivations())
        })
    }
}

/// Reads the columns of one observable.
pub trait Gauge: Debug + Send {
    /// Notes the start of a flow, where the observable refers to it.
    fn start(&mut self, _network: &Network) {}

    /// Writes one number a column into `out`, which is NaN before; NaN stands for one that does not exist.
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]);
}
