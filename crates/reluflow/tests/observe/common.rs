//! Problems that tests of several read-outs share.

use reluflow::data::Isotropic;
use reluflow::initialisation::Asymmetric;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Network, Setting};

/// A problem drawn from the paper's laws.
pub(crate) fn draw(n: usize, d: usize, p: usize, draw: u64) -> (Dataset, Network) {
    let laws = (
        DataLaw::Isotropic(Isotropic::default()),
        InitialisationLaw::Asymmetric(Asymmetric::default()),
    );
    draw_from(&laws.0, &laws.1, [n, d, p], draw)
}

pub(crate) fn draw_from(
    data: &DataLaw,
    init: &InitialisationLaw,
    [n, d, p]: [usize; 3],
    draw: u64,
) -> (Dataset, Network) {
    let setting = Setting {
        n,
        d,
        p,
        data: data.clone(),
        initialisation: init.clone(),
    };
    setting.draw(13, draw).unwrap()
}
