//! Times the orthogonal field's sweeps against the machine's bandwidth, measured on the same state in the same run:
//! `cargo run --release -p reluflow --example orthogonal_cost`.
//!
//! *In place* multiplies every entry of a state by a number: it reads and writes the state once. A step of gradient
//! descent must read the state twice and write it once, because a neuron's slope needs all residuals and its
//! whole row; a stage of a Runge–Kutta–Chebyshev step reads two states, one of them twice, and writes one.
//! `share`: the bytes so moved per second, in parts of what in place moves per second. `time`: in place's time over ours.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::hint::black_box;
use std::time::Instant;

use reluflow::data::Orthogonal as OrthogonalLaw;
use reluflow::field::{Orthogonal, Real, VectorField};
use reluflow::{DataLaw, Setting};

/// The smallest times of the calls, in microseconds; they take turns.
fn best<const N: usize>(repeats: usize, mut calls: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..repeats {
        for (least, call) in least.iter_mut().zip(&mut calls) {
            call(); // what the others left in the caches is not ours
            let start = Instant::now();
            call();
            *least = least.min(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    least
}

fn report<T: Real>(n: usize, p: usize) {
    let setting = Setting {
        data: DataLaw::Orthogonal(OrthogonalLaw::default()),
        ..Setting::paper(n, n, p)
    };
    let (data, network) = setting.draw(0, 0).unwrap();
    let field = Orthogonal::<T>::new(&data, &network);
    let mut state = vec![T::ZERO; field.state_length()];
    field.write_state(&network, &mut state);
    let (mut scaled, mut other, mut velocity) = (state.clone(), state.clone(), state.clone());
    let (mut evaluating, mut descending, mut staging, mut applying) =
        (field.clone(), field.clone(), field.clone(), field);
    descending.velocity(&state, &mut velocity);
    let v = descending.residuals().to_vec();
    let mut image = v.clone();
    let (one, rate) = (black_box(T::ONE), T::from_f64(1e-6));
    // Methods keep their states from the start of a cache line on.
    let mut room = vec![T::ZERO; state.len() + 64];
    let first = room.as_ptr().align_offset(64);
    let descended = &mut room[first..][..state.len()];
    descended.copy_from_slice(&state);
    let repeats = (2e7 / (n * p) as f64).clamp(3.0, 300.0) as usize;
    let [in_place, evaluation, step, stage, kernel] = best(
        repeats,
        [
            &mut || scaled.iter_mut().for_each(|v| *v *= one),
            &mut || {
                evaluating.velocity(&state, &mut velocity);
            },
            &mut || {
                descending.descend(descended, &mut [], rate);
            },
            &mut || {
                staging.combine(&state, &mut other, &mut [], [one, T::ZERO, rate], true);
            },
            &mut || applying.apply_kernel(&state, &v, &mut image),
        ],
    );
    let bytes = size_of_val(&*state) as f64;
    println!(
        "| {n} | {p} | f{} | {:.3} | {:.0} | {step:.1} | {:.0} % | {:.0} % | {stage:.1} | {:.0} % | {evaluation:.1} | {kernel:.1} |",
        8 * size_of::<T>(),
        bytes / 1e6,
        2.0 * bytes / in_place / 1e3,
        100.0 * 1.5 * in_place / step,
        100.0 * in_place / step,
        100.0 * 2.0 * in_place / stage,
    );
}

fn main() {
    println!(
        "| n | p | | state, MB | in place, GB/s | step, µs | share | time | stage, µs | share | evaluation, µs | product with M, µs |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (n, p) in [
        (500, 20),
        (1000, 36),
        (2000, 37),
        (2048, 37),
        (8000, 40),
        (100_000, 50),
        (1_000_000, 60),
    ] {
        report::<f32>(n, p);
        report::<f64>(n, p);
    }
}
