//! Times one evaluation of each field against the floating-point work it must do:
//! `cargo run --release -p reluflow --example evaluation_cost`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::time::Instant;

use reluflow::data::{Isotropic, Orthogonal as OrthogonalLaw};
use reluflow::field::{Dense, Orthogonal, Real, VectorField};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, TrialSeed};

/// The smallest time of `repeats` calls, in microseconds.
fn best(repeats: usize, mut call: impl FnMut()) -> f64 {
    let times = (0..repeats).map(|_| {
        let start = Instant::now();
        call();
        start.elapsed().as_secs_f64() * 1e6
    });
    times.fold(f64::INFINITY, f64::min)
}

fn report<T: Real>(name: &str, flops: f64, field: &mut dyn VectorField<T>, network: &reluflow::Network) {
    let mut state = vec![T::ZERO; field.state_length()];
    let mut velocity = state.clone();
    field.write_state(network, &mut state);
    let velocity_time = best(300, || {
        field.velocity(&state, &mut velocity);
    });
    let v = field.residuals().to_vec();
    let mut out = v.clone();
    let kernel_time = best(100, || field.apply_kernel(&state, &v, &mut out));
    println!(
        "{name:>28}: velocity {velocity_time:9.1} us, {:6.1} Gflop/s; product with M {kernel_time:9.1} us",
        flops / velocity_time / 1e3
    );
}

fn main() {
    for (n, d, p) in [
        (1650, 100, 37),
        (3000, 100, 153),
        (400, 30, 400),
        (200, 10, 30),
        (450, 20, 30),
    ] {
        let seed = TrialSeed {
            root: 0,
            n: n as u64,
            d: d as u64,
            p: p as u64,
            draw: 0,
        };
        let law = DataLaw::Isotropic(Isotropic::default());
        let data = law.sample(n, d, &mut seed.generator(Purpose::Data)).unwrap();
        let init = InitialisationLaw::Asymmetric(Asymmetric::default());
        let network = init
            .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
            .unwrap();
        let flops = 4.0 * (n * d * p) as f64;
        let name = format!("dense ({n}, {d}, {p})");
        report(
            &format!("{name} f32"),
            flops,
            &mut Dense::<f32>::new(&data, p),
            &network,
        );
        report(
            &format!("{name} f64"),
            flops,
            &mut Dense::<f64>::new(&data, p),
            &network,
        );
    }
    let (n, d, p) = (1500, 2000, 36);
    let seed = TrialSeed {
        root: 0,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw: 0,
    };
    let law = DataLaw::Orthogonal(OrthogonalLaw::default());
    let data = law.sample(n, d, &mut seed.generator(Purpose::Data)).unwrap();
    let init = InitialisationLaw::Asymmetric(Asymmetric::default());
    let network = init
        .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    let flops = 6.0 * (n * p) as f64;
    let name = format!("orthogonal ({n}, {p})");
    report(
        &format!("{name} f32"),
        flops,
        &mut Orthogonal::<f32>::new(&data, &network),
        &network,
    );
    report(
        &format!("{name} f64"),
        flops,
        &mut Orthogonal::<f64>::new(&data, &network),
        &network,
    );
}
