//! Draws that tests of several laws share.

use ndarray::Array1;
use reluflow::data::{Altered, Realised};
use reluflow::random::{ChaCha8Rng, Purpose};
use reluflow::{DataLaw, Dataset, TrialSeed};

pub(crate) fn generator(draw: u64, purpose: Purpose) -> ChaCha8Rng {
    let seed = TrialSeed {
        root: 14,
        n: 0,
        d: 0,
        p: 0,
        draw,
    };
    seed.generator(purpose)
}

pub(crate) fn sample_draw(law: &DataLaw, n: usize, d: usize, draw: u64) -> Dataset {
    law.sample(n, d, &mut generator(draw, Purpose::Data)).unwrap()
}

pub(crate) fn sample(law: &DataLaw, n: usize, d: usize) -> Dataset {
    sample_draw(law, n, d, 0)
}

pub(crate) fn realise(law: &DataLaw, n: usize, d: usize) -> Realised {
    law.realise(n, d, &mut generator(0, Purpose::Data)).unwrap()
}

pub(crate) fn altered(law: DataLaw, change: impl FnOnce(&mut Altered)) -> DataLaw {
    let mut altered = Altered::unaltered(law);
    change(&mut altered);
    DataLaw::Altered(altered)
}

/// Labels are the teacher's to the roundings of two products of d terms, in numbers below 10.
pub(crate) fn assert_follows(data: &Dataset, realised: &Realised) {
    let teacher = realised.teacher().unwrap();
    for (x, y) in data.inputs().rows().into_iter().zip(data.labels()) {
        let expected = teacher.output(&x.to_vec());
        assert!((y - expected).abs() < 1e-13, "{y}, expected {expected}");
    }
}

pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let values: Array1<f64> = values.into_iter().collect();
    values.mean().unwrap()
}
