//! Reports whether the end of a run is a stationary point, a saddle or a local minimum, and who could escape.

use std::io::Write;

use reluflow::Dataset;
use reluflow::observe::stationary::{Escape, Stationarity};
use reluflow::{Network, Units};

use crate::Failure;

/// Neurons listed at most.
const LISTED: usize = 20;

/// Writes the report on a network, in the units it is written in.
pub(crate) fn report(
    out: &mut impl Write,
    dataset: &Dataset,
    network: &Network,
    units: Units,
    tolerance: f64,
) -> Result<(), Failure> {
    let found = match Stationarity::new(dataset, &units.network(network), tolerance) {
        Ok(found) => found,
        // The tolerance was checked with the flags, and the network fits: its weights have diverged.
        Err(error) => return Ok(writeln!(out, "nothing can be said of the end: {error}")?),
    };
    let found = units.stationarity(found, network.neurons(), dataset.examples());
    writeln!(out, "at the end: {found}")?;
    writeln!(
        out,
        "least-norm subgradient {:.2e}; gradient with σ'(0) = 0 {:.2e}; what is below {tolerance:e} of its natural size counts as 0",
        found.gradient_norm, found.plain_gradient_norm
    )?;
    if found.escapes.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "{:>8}  {:>13}  {:>5}  becomes active on examples",
        "neuron", "fall of loss", "alive"
    )?;
    for escape in found.escapes.iter().take(LISTED) {
        let Escape {
            neuron,
            rate,
            alive,
            through,
            ..
        } = escape;
        let through: Vec<String> = through.iter().map(usize::to_string).collect();
        let alive = if *alive { "yes" } else { "no" };
        let through = if through.is_empty() {
            "–".to_owned()
        } else {
            through.join(" ")
        };
        writeln!(out, "{neuron:>8}  {rate:>13.5e}  {alive:>5}  {through}")?;
    }
    if found.escapes.len() > LISTED {
        writeln!(out, "and {} more", found.escapes.len() - LISTED)?;
    }
    Ok(())
}
