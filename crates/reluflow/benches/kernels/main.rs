//! Times one evaluation of each field and prints its share of what this processor can do: `cargo bench -p reluflow`.
//!
//! Dense fields are held against the peak of fused multiply–adds, the orthogonal one against the bandwidth of an
//! update in place over as many numbers; both are measured in the same run, in turns. Times are the processor's.
#![allow(clippy::print_stdout)]

mod peak;
mod share;
mod two_products;

use criterion::{BenchmarkId, Throughput};
use reluflow::data::{Isotropic, Orthogonal as OrthogonalLaw};
use reluflow::field::{Dense, Orthogonal, Real, VectorField};
use reluflow::{DataLaw, Dataset, Network, Setting};

use peak::Peak;
use two_products::TwoProducts;

/// (n, d, p) of the paper's figures, a wide network, and small problems.
const DENSE: [(usize, usize, usize); 6] = [
    (1650, 100, 37),
    (3000, 100, 153),
    (400, 30, 400),
    (450, 20, 30),
    (200, 10, 30),
    (20, 5, 5),
];
/// (n, d, p) with fewer examples than 2d.
const TRIANGULAR: [(usize, usize, usize); 1] = [(1500, 2000, 36)];
/// (n, p): within the second-level cache, beyond it, beyond all caches.
const ORTHOGONAL: [(usize, usize); 3] = [(2000, 37), (100_000, 37), (1_000_000, 37)];

fn main() {
    dense::<f32>();
    dense::<f64>();
    orthogonal::<f32>();
    orthogonal::<f64>();
}

fn dense<T: Peak>() {
    let limit = T::multiply_adds();
    println!("\n{}", T::NAME);
    let mut criterion = share::criterion(&limit);
    let mut group = criterion.benchmark_group(T::NAME);
    for (n, d, p) in DENSE {
        let (data, network) = draw(&DataLaw::Isotropic(Isotropic::default()), (n, d, p));
        let mut field = Dense::<T>::new(&data, p);
        let (state, mut velocity) = states(&field, &network);
        // X is multiplied with W and with the gates.
        let work = Throughput::Elements(4 * (n * d * p) as u64);
        let id = |name| BenchmarkId::new(name, format!("({n}, {d}, {p})"));
        limit.bench(&mut group, id("dense"), work.clone(), || {
            field.velocity(&state, &mut velocity);
        });
        let mut products = TwoProducts::<T>::new(&data, p);
        let (ours, theirs) = (
            field.velocity(&state, &mut velocity),
            products.velocity(&state, &mut velocity),
        );
        assert!((ours - theirs).abs() < 1e-4 * ours, "two programs, one field");
        limit.bench(&mut group, id("in two products"), work.clone(), || {
            products.velocity(&state, &mut velocity);
        });
        limit.bench(&mut group, id("two products alone"), work, || {
            products.multiply(&state, &mut velocity);
        });
    }
    for (n, d, p) in TRIANGULAR {
        let (data, network) = draw(&DataLaw::Isotropic(Isotropic::default()), (n, d, p));
        let mut field = Dense::<T>::starting_at(&data, &network);
        let (state, mut velocity) = states(&field, &network);
        let operations = if n <= d { 2 * n * n } else { 4 * n * d - 2 * d * d };
        let work = Throughput::Elements((operations * p) as u64);
        let id = BenchmarkId::new("triangular", format!("({n}, {d}, {p})"));
        limit.bench(&mut group, id, work, || {
            field.velocity(&state, &mut velocity);
        });
    }
    group.finish();
}

fn orthogonal<T: Peak>() {
    for (n, p) in ORTHOGONAL {
        let limit = T::update_in_place(n * p);
        println!("\n{}, {} numbers", T::NAME, n * p);
        let mut criterion = share::criterion(&limit);
        let mut group = criterion.benchmark_group(T::NAME);
        let (data, network) = draw(&DataLaw::Orthogonal(OrthogonalLaw::default()), (n, n, p));
        let mut field = Orthogonal::<T>::new(&data, &network);
        let (state, mut velocity) = states(&field, &network);
        let mut room = Vec::new();
        let moving = on_a_line(&state, &mut room);
        field.velocity(&state, &mut velocity);
        // A neuron's slope needs its whole row before an entry moves: coordinates are read twice, and written.
        let work = Throughput::Bytes((3 * state.len() * size_of::<T>()) as u64);
        let id = BenchmarkId::new("orthogonal step", format!("({n}, {p})"));
        limit.bench(&mut group, id, work, || {
            field.descend(moving, &mut [], T::from_f64(1e-6));
        });
        group.finish();
    }
}

/// A copy of a state that starts on a cache line, as the states of methods do.
fn on_a_line<'a, T: Real>(state: &[T], room: &'a mut Vec<T>) -> &'a mut [T] {
    room.resize(state.len() + 64, T::ZERO);
    let first = room.as_ptr().align_offset(64);
    let copy = &mut room[first..][..state.len()];
    copy.copy_from_slice(state);
    copy
}

/// A draw of a law with the paper's initialisation.
fn draw(law: &DataLaw, (n, d, p): (usize, usize, usize)) -> (Dataset, Network) {
    let setting = Setting {
        data: law.clone(),
        ..Setting::paper(n, d, p)
    };
    setting.draw(0, 0).expect("a law of the paper")
}

/// The network's state, and room for a velocity.
fn states<T: Real>(field: &dyn VectorField<T>, network: &Network) -> (Vec<T>, Vec<T>) {
    let mut state = vec![T::ZERO; field.state_length()];
    field.write_state(network, &mut state);
    let velocity = state.clone();
    (state, velocity)
}
