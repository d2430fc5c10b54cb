//! Draws that tests of several laws share.

use reluflow::data::Isotropic;
use reluflow::initialisation::Asymmetric;
use reluflow::random::{ChaCha8Rng, Purpose};
use reluflow::{DataLaw, Dataset, InitialisationLaw, Network, Result, TrialSeed};

pub(crate) fn generator(draw: u64, purpose: Purpose) -> ChaCha8Rng {
    let seed = TrialSeed {
        root: 12,
        n: 0,
        d: 0,
        p: 0,
        draw,
    };
    seed.generator(purpose)
}

pub(crate) fn isotropic(n: usize, d: usize) -> Dataset {
    let law = DataLaw::Isotropic(Isotropic::default());
    law.sample(n, d, &mut generator(0, Purpose::Data)).unwrap()
}

pub(crate) fn covered(covered: bool) -> InitialisationLaw {
    InitialisationLaw::Asymmetric(Asymmetric {
        covered,
        ..Asymmetric::default()
    })
}

pub(crate) fn try_sample(law: &InitialisationLaw, p: usize, data: &Dataset, draw: u64) -> Result<Network> {
    law.sample(p, data, &mut generator(draw, Purpose::Initialisation))
}

pub(crate) fn sample(law: &InitialisationLaw, p: usize, data: &Dataset, draw: u64) -> Network {
    try_sample(law, p, data, draw).unwrap()
}
