//! Times one evaluation of each field against the floating-point peak of the same core, measured beside it:
//! `cargo run --release -p reluflow --example evaluation_cost`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::time::Instant;

use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use pulp::{Arch, Simd, WithSimd};
use reluflow::data::{Isotropic, Orthogonal as OrthogonalLaw};
use reluflow::field::{Dense, Orthogonal, Real, VectorField};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Network, TrialSeed};

/// Fused operations in flight: enough to hide their latency, few enough to stay in registers.
const CHAINS: usize = 12;

/// Multiplies and adds in registers for `rounds` rounds.
struct Spin<T> {
    rounds: usize,
    start: T,
}

macro_rules! spin {
    ($scalar:ty, $splat:ident, $fused:ident, $reduce:ident, $lanes:ident) => {
        impl WithSimd for Spin<$scalar> {
            /// Flops spent, and a number that depends on all of them.
            type Output = (f64, $scalar);
            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
                let factor = simd.$splat(self.start);
                let mut sums = [factor; CHAINS];
                for _ in 0..self.rounds {
                    for sum in &mut sums {
                        *sum = simd.$fused(*sum, factor, factor);
                    }
                }
                let flops = (2 * CHAINS * S::$lanes * self.rounds) as f64;
                (flops, sums.map(|sum| simd.$reduce(sum)).iter().sum())
            }
        }
    };
}
spin!(f32, splat_f32s, mul_add_f32s, reduce_sum_f32s, F32_LANES);
spin!(f64, splat_f64s, mul_add_f64s, reduce_sum_f64s, F64_LANES);

/// The fastest of the calls made so far, in microseconds.
struct Best(f64);

impl Best {
    fn time<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let answer = std::hint::black_box(call());
        self.0 = self.0.min(start.elapsed().as_secs_f64() * 1e6);
        answer
    }
}

/// Flops a microsecond, in thousands, that one core can do, looked at once.
fn peak<T>(best: &mut Best) -> f64
where
    Spin<T>: WithSimd<Output = (f64, T)>,
    T: Real,
{
    let spin = Spin {
        rounds: 20_000,
        start: T::from_f64(0.5),
    };
    let (flops, _) = best.time(|| Arch::new().dispatch(spin));
    flops
}

/// The two products of an evaluation by faer, with nothing between them.
struct TwoProducts<T> {
    rows: Vec<T>,
    columns: Vec<T>,
    table: Vec<T>,
}

impl<T: Real + ComplexField> TwoProducts<T> {
    fn new(dataset: &Dataset, neurons: usize) -> Self {
        let inputs = dataset.inputs();
        let cast = |values: ndarray::ArrayView2<'_, f64>| values.iter().map(|v| T::from_f64(*v)).collect();
        Self {
            rows: cast(inputs.view()),
            columns: cast(inputs.t()),
            table: vec![T::ZERO; neurons * dataset.examples()],
        }
    }

    fn multiply(&mut self, hidden: &[T], velocity: &mut [T], (n, d, p): (usize, usize, usize)) {
        matmul(
            MatMut::from_row_major_slice_mut(&mut self.table, p, n),
            Accum::Replace,
            MatRef::from_row_major_slice(hidden, p, d),
            MatRef::from_row_major_slice(&self.columns, d, n),
            T::ONE,
            Par::Seq,
        );
        matmul(
            MatMut::from_row_major_slice_mut(velocity, p, d),
            Accum::Replace,
            MatRef::from_row_major_slice(&self.table, p, n),
            MatRef::from_row_major_slice(&self.rows, n, d),
            T::ONE,
            Par::Seq,
        );
    }
}

/// A dataset and a network, draw 0 of the root seed 0.
fn draw(law: DataLaw, (n, d, p): (usize, usize, usize)) -> (Dataset, Network) {
    let seed = TrialSeed {
        root: 0,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw: 0,
    };
    let data = law.sample(n, d, &mut seed.generator(Purpose::Data)).unwrap();
    let network = InitialisationLaw::Asymmetric(Asymmetric::default())
        .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    (data, network)
}

/// Times a field and, where there is one, its rival, turn by turn with the peak.
fn report<T>(
    name: &str,
    flops: f64,
    field: &mut dyn VectorField<T>,
    network: &Network,
    rival: &mut dyn FnMut(&[T], &mut [T]) -> bool,
) where
    Spin<T>: WithSimd<Output = (f64, T)>,
    T: Real,
{
    let mut state = vec![T::ZERO; field.state_length()];
    let mut velocity = state.clone();
    field.write_state(network, &mut state);
    let mut out = vec![T::ZERO; field.examples()];
    let [mut peaks, mut velocities, mut rivals, mut kernels] = [const { Best(f64::INFINITY) }; 4];
    let mut flops_of_peak = 0.0;
    let mut rivalled = false;
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < 0.4 {
        flops_of_peak = peak::<T>(&mut peaks);
        for _ in 0..5 {
            velocities.time(|| field.velocity(&state, &mut velocity));
        }
        let v = field.residuals().to_vec();
        kernels.time(|| field.apply_kernel(&state, &v, &mut out));
        for _ in 0..5 {
            rivalled = rivals.time(|| rival(&state, &mut velocity));
        }
    }
    let peak = flops_of_peak / peaks.0;
    let precision = if size_of::<T>() == 4 { "f32" } else { "f64" };
    print!(
        "| {name} | {precision} | {:.1} | {:.1} | {:.0} % | {:.1} |",
        peak / 1e3,
        velocities.0,
        100.0 * flops / velocities.0 / peak,
        kernels.0,
    );
    if rivalled {
        println!(" {:.1} |", rivals.0);
    } else {
        println!(" – |");
    }
}

fn dense<T>(shape: (usize, usize, usize))
where
    Spin<T>: WithSimd<Output = (f64, T)>,
    T: Real + ComplexField,
{
    let (data, network) = draw(DataLaw::Isotropic(Isotropic::default()), shape);
    let (n, d, p) = shape;
    let mut products = TwoProducts::<T>::new(&data, p);
    report::<T>(
        &format!("dense {shape:?}"),
        4.0 * (n * d * p) as f64,
        &mut Dense::new(&data, p),
        &network,
        &mut |state, velocity| {
            products.multiply(&state[..p * d], &mut velocity[..p * d], shape);
            true
        },
    );
}

fn few_examples<T>(shape: (usize, usize, usize))
where
    Spin<T>: WithSimd<Output = (f64, T)>,
    T: Real + ComplexField,
{
    let (data, network) = draw(DataLaw::Isotropic(Isotropic::default()), shape);
    let (n, d, p) = shape;
    let mut products = TwoProducts::<T>::new(&data, p);
    let weights: Vec<T> = network.hidden_weights().iter().map(|w| T::from_f64(*w)).collect();
    let mut moved = weights.clone();
    let flops = if n <= d {
        2 * n * n * p
    } else {
        4 * n * d * p - 2 * d * d * p
    };
    report::<T>(
        &format!("triangular {shape:?}"),
        flops as f64,
        &mut Dense::starting_at(&data, &network),
        &network,
        &mut |_, _| {
            products.multiply(&weights, &mut moved, shape);
            true
        },
    );
}

fn orthogonal<T>(shape: (usize, usize, usize))
where
    Spin<T>: WithSimd<Output = (f64, T)>,
    T: Real,
{
    let (data, network) = draw(DataLaw::Orthogonal(OrthogonalLaw::default()), shape);
    report::<T>(
        &format!("orthogonal {shape:?}"),
        6.0 * (shape.0 * shape.2) as f64,
        &mut Orthogonal::new(&data, &network),
        &network,
        &mut |_, _| false,
    );
}

fn main() {
    println!(
        "| field (n, d, p) | precision | peak, Gflop/s | evaluation, µs | share of peak | product with M, µs | two products by faer, µs |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for shape in [
        (1650, 100, 37),
        (3000, 100, 153),
        (400, 30, 400),
        (450, 20, 30),
        (200, 10, 30),
        (20, 5, 5),
    ] {
        dense::<f32>(shape);
        dense::<f64>(shape);
    }
    few_examples::<f32>((1500, 2000, 36));
    few_examples::<f64>((1500, 2000, 36));
    orthogonal::<f32>((1500, 2000, 36));
    orthogonal::<f64>((1500, 2000, 36));
}
