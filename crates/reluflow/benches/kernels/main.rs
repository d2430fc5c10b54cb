//! Times one evaluation of each field and prints its share of what this processor can do: `cargo bench -p reluflow`.
//!
//! Dense fields are held against the peak of fused multiply–adds, the orthogonal one against the bandwidth of an
//! update in place over as many numbers; both are measured first, in the same run. Times are the processor's.
#![allow(clippy::print_stdout)]

mod peak;
mod share;

use criterion::{BenchmarkId, Throughput};
use reluflow::data::{Isotropic, Orthogonal as OrthogonalLaw};
use reluflow::field::{Dense, Orthogonal, Real, VectorField};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Network, TrialSeed};

use peak::Peak;
use share::Limit;

/// (n, d, p) of the paper's figures, small and large.
const DENSE: [(usize, usize, usize); 5] = [
    (1650, 100, 37),
    (3000, 100, 153),
    (400, 30, 400),
    (200, 10, 30),
    (1500, 2000, 36),
];
/// (n, p): within the second-level cache, beyond it, beyond all caches.
const ORTHOGONAL: [(usize, usize); 3] = [(2000, 37), (100_000, 37), (1_000_000, 37)];

fn main() {
    dense::<f32>();
    dense::<f64>();
    orthogonal::<f32>();
    orthogonal::<f64>();
}

fn dense<T: Peak>() {
    let limit = Limit::operations(T::multiply_adds());
    println!("\n{}: {limit}", T::NAME);
    let mut criterion = share::criterion(limit);
    let mut group = criterion.benchmark_group(format!("dense {}", T::NAME));
    for (n, d, p) in DENSE {
        let (data, network) = draw(&DataLaw::Isotropic(Isotropic::default()), (n, d, p));
        let mut field = Dense::<T>::new(&data, p);
        let (state, mut velocity) = states(&field, &network);
        // X is multiplied with W and with the gates.
        group.throughput(Throughput::Elements(4 * (n * d * p) as u64));
        group.bench_function(
            BenchmarkId::from_parameter(format!("({n}, {d}, {p})")),
            |bencher| {
                bencher.iter(|| field.velocity(&state, &mut velocity));
            },
        );
    }
    group.finish();
}

fn orthogonal<T: Peak>() {
    for (n, p) in ORTHOGONAL {
        let limit = Limit::bytes(T::update_in_place(n * p));
        println!("\n{}, {} numbers: {limit}", T::NAME, n * p);
        let mut criterion = share::criterion(limit);
        let mut group = criterion.benchmark_group(format!("orthogonal {}", T::NAME));
        let (data, network) = draw(&DataLaw::Orthogonal(OrthogonalLaw::default()), (n, n, p));
        let mut field = Orthogonal::<T>::new(&data, &network);
        let (state, mut velocity) = states(&field, &network);
        // At least: every coordinate is read, and every velocity written.
        group.throughput(Throughput::Bytes((2 * n * p * size_of::<T>()) as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("({n}, {p})")), |bencher| {
            bencher.iter(|| field.velocity(&state, &mut velocity));
        });
        group.finish();
    }
}

/// A draw of a law with the paper's initialisation.
fn draw(law: &DataLaw, (n, d, p): (usize, usize, usize)) -> (Dataset, Network) {
    let seed = TrialSeed {
        root: 0,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw: 0,
    };
    let init = InitialisationLaw::Asymmetric(Asymmetric::default());
    let data = law
        .sample(n, d, &mut seed.generator(Purpose::Data))
        .expect("a law of the paper");
    let network = init
        .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
        .expect("the paper's initialisation");
    (data, network)
}

/// The network's state, and room for a velocity.
fn states<T: Real>(field: &dyn VectorField<T>, network: &Network) -> (Vec<T>, Vec<T>) {
    let mut state = vec![T::ZERO; field.state_length()];
    field.write_state(network, &mut state);
    let velocity = state.clone();
    (state, velocity)
}
