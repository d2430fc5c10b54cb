//! Draws data and network of a trial from its seed, with test examples and teacher.

use reluflow::observe::Observable;
use reluflow::random::Purpose;
use reluflow::{Dataset, Network, TrialSeed, Units};

use crate::error::{Error, Result};
use crate::experiment::{Cell, Experiment, NetworkSource, Provenance};

/// The coordinates of a trial's random numbers.
pub fn seed(experiment: &Experiment, cell: &Cell, draw: u64) -> TrialSeed {
    TrialSeed {
        root: experiment.seed,
        n: cell.n,
        d: cell.d,
        p: cell.p,
        draw,
    }
}

/// What a trial is drawn from its seed, in the core's units.
#[derive(Debug)]
pub struct Drawn {
    /// The training examples.
    pub dataset: Dataset,
    /// The network at time 0.
    pub network: Network,
    /// Examples that are not trained on, if the experiment has a test.
    pub test: Option<Dataset>,
    /// The network that labelled the examples, if one did.
    pub teacher: Option<Network>,
}

/// Draws the data and the network of a trial, in the core's units.
///
/// # Errors
/// When a law cannot be drawn, such as `covered` with far too few neurons.
pub fn draw(experiment: &Experiment, cell: &Cell, draw: u64) -> Result<(Dataset, Network)> {
    let drawn = draw_all(experiment, cell, draw)?;
    Ok((drawn.dataset, drawn.network))
}

/// As [`draw`], with the test examples and the teacher. They have random numbers of their own: neither data nor network depends on whether there is a
/// test.
///
/// # Errors
/// As [`draw`], and when the test examples cannot be drawn.
pub fn draw_all(experiment: &Experiment, cell: &Cell, draw: u64) -> Result<Drawn> {
    let seed = seed(experiment, cell, draw);
    let failed = |source| Error::Undrawable {
        cell: experiment.describe(cell),
        draw,
        source,
    };
    let (n, d, p) = (cell.n as usize, cell.d as usize, cell.p as usize);
    let spec = &cell.spec;
    let (dataset, origin) = spec
        .data
        .realise(n, d, &mut seed.generator(Purpose::Data))
        .map_err(failed)?;
    let network = spec
        .initialisation
        .sample(p, &dataset, &mut seed.generator(Purpose::Initialisation))
        .map_err(failed)?;
    let test = spec
        .test
        .as_ref()
        .map(|test| test.sample(&origin, d, &mut seed.generator(Purpose::Test)))
        .transpose()
        .map_err(failed)?;
    let teacher = match &origin {
        Provenance::Law(realised) if spec.record.wants(Observable::Teacher) => realised.teacher(),
        _ => None,
    };
    Ok(Drawn {
        network: drawn_in(cell).network(&network),
        dataset,
        test,
        teacher,
    })
}

/// The units in which a cell's networks are drawn: PyTorch's default is written in ours.
pub(crate) fn drawn_in(cell: &Cell) -> Units {
    match &cell.spec.initialisation {
        NetworkSource::Law(law) if law.is_in_our_scaling() => Units::default(),
        _ => cell.spec.units,
    }
}
