//! Reads an observable off the points of a flow: the interface of the files in `observe/gauges/`.

use std::cell::{OnceCell, RefCell};
use std::fmt::Debug;

use ndarray::{Array1, Array2, ArrayView1};

use super::directions::Directions;
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
    source: RefCell<Source<'a>>,
    preactivations: OnceCell<Array2<f64>>,
    outputs: OnceCell<Array1<f64>>,
    active: OnceCell<Directions>,
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
            source: RefCell::default(),
            preactivations: OnceCell::new(),
            outputs: OnceCell::new(),
            active: OnceCell::new(),
        }
    }

    /// Labels of the training examples, length n.
    pub fn labels(&self) -> ArrayView1<'_, f64> {
        self.dataset.labels()
    }

    /// u_ji = ⟨w_j, x_i⟩ on the training examples, p × n; O(ndp) when it is asked for first.
    pub fn preactivations(&self) -> &Array2<f64> {
        self.preactivations
            .get_or_init(|| self.source.borrow_mut().table(self.dataset, self.network))
    }

    /// This with room for the preactivations, from [`Look::into_room`] of another, and a way to them that may be faster.
    pub(crate) fn with_source(self, room: Option<Array2<f64>>, write: Write<'a>) -> Self {
        self.source.replace(Source {
            room,
            write: Some(write),
        });
        self
    }

    /// The room of the preactivations, for another, and whether they are in it.
    pub(crate) fn into_room(self) -> (Option<Array2<f64>>, bool) {
        match self.preactivations.into_inner() {
            Some(table) => (Some(table), true),
            None => (self.source.into_inner().room, false),
        }
    }

    /// h(x_i) on the training examples, length n.
    pub fn outputs(&self) -> &Array1<f64> {
        self.outputs.get_or_init(|| {
            self.dataset
                .outputs_at(self.activation, self.network, self.preactivations())
        })
    }

    /// The directions of the neurons that are active on at least one training example.
    pub(crate) fn active(&self) -> &Directions {
        self.active.get_or_init(|| {
            let table = self.preactivations();
            let rows = table.as_slice().unwrap_or(&[]).chunks(table.ncols());
            let active: Vec<bool> = rows.map(|row| row.iter().any(|u| *u > 0.0)).collect();
            Directions::of(self.network, |j| active[j])
        })
    }
}

/// Writes preactivations, p × n; returns whether it can.
pub(crate) type Write<'a> = &'a mut dyn FnMut(&mut [f64]) -> bool;

/// Where preactivations come from: by default from the examples.
#[derive(Default)]
struct Source<'a> {
    /// Where they are written: those of a row before.
    room: Option<Array2<f64>>,
    write: Option<Write<'a>>,
}

impl Source<'_> {
    fn table(&mut self, dataset: &Dataset, network: &Network) -> Array2<f64> {
        let shape = (network.neurons(), dataset.examples());
        let room = self.room.take().filter(|room| room.dim() == shape);
        let mut table = room.unwrap_or_else(|| Array2::zeros(shape));
        let written = match (&mut self.write, table.as_slice_mut()) {
            (Some(write), Some(table)) => write(table),
            _ => false,
        };
        if !written {
            dataset.write_preactivations(network.hidden_weights(), &mut table);
        }
        table
    }
}

impl Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").finish_non_exhaustive()
    }
}

/// Reads the columns of one observable.
pub trait Gauge: Debug + Send {
    /// Notes the start of a flow, where the observable refers to it.
    fn start(&mut self, _at: &Look<'_>) {}

    /// Writes one number a column into `out`, which is NaN before; NaN stands for one that does not exist.
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]);
}
