//! Compares each field with the loops of [`super::reference`].

mod case;
mod envelope;

use proptest::prelude::*;
use pulp::Arch;

use super::dense::Cut;
use super::reference::Reference;
use super::{Activity, Dense, IdleThreads, Orthogonal, Real, VectorField, split_state};
use case::{Case, Style, models, style};
use envelope::{Envelope, assert_all};

fn epsilon<T: Real>() -> f64 {
    if size_of::<T>() == 4 {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    }
}

fn cast<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|v| T::from_f64(*v)).collect()
}

fn widen<T: Real>(values: &[T]) -> impl Iterator<Item = f64> {
    values.iter().map(|v| v.to_f64())
}

/// Checks everything a field answers but the velocity of hidden coordinates, which it returns.
///
/// Every output starts as NaN, so that an entry left unwritten is seen; and the field is evaluated elsewhere
/// in between, so that one remembered is seen.
fn check<T: Real>(case: &Case, field: &mut dyn VectorField<T>, state: &[T], envelope: &Envelope) -> Vec<f64> {
    assert_eq!((field.examples(), field.neurons()), (case.n, case.p));
    assert_eq!(field.state_length(), state.len());
    assert_eq!(field.labels(), cast::<T>(&case.labels));
    let nan = T::from_f64(f64::NAN);
    let mut velocity = vec![nan; state.len()];
    let loss = field.velocity(state, &mut velocity);
    let forces = field.residuals().to_vec();
    envelope.loss.assert(loss - field.penalty(state), "loss", 0);
    assert_all(&envelope.forces, widen(&forces), "forces");
    let (hidden, output) = split_state(&velocity, case.p);
    assert_all(&envelope.output_velocity, widen(output), "da/dt");

    let mut activity = Activity::new(case.n);
    activity.active.fill(u32::MAX);
    field.activity(state, &mut activity);
    assert_all(&envelope.mass, activity.mass.iter().copied(), "mass");
    for i in 0..case.n {
        let within = |(least, most): (u32, u32), count: u32| least <= count && count <= most;
        assert!(within(envelope.active[i], activity.active[i]), "active[{i}]");
        assert!(within(envelope.correct[i], activity.correct[i]), "correct[{i}]");
    }

    let mut image = vec![nan; case.n];
    field.apply_kernel(state, &cast::<T>(&case.direction), &mut image);
    assert_all(&envelope.kernel, widen(&image), "M v");
    assert_eq!(field.residuals(), forces, "forces are those of the last velocity");

    let elsewhere: Vec<T> = state.iter().map(|v| T::ONE - *v).collect();
    let mut again = vec![nan; state.len()];
    field.velocity(&elsewhere, &mut again);
    assert_eq!(field.velocity(state, &mut again), loss);
    assert_eq!(again, velocity, "the same state has the same velocity");
    widen(hidden).collect()
}

/// The fields that live in the weights' own coordinates.
fn check_plain<T: Real>(case: &Case, triangular: bool) {
    let envelope = Envelope::new(case, case.d as f64 * epsilon::<T>(), epsilon::<T>());
    let (inputs, labels) = (cast::<T>(&case.inputs), cast::<T>(&case.labels));
    let state = cast::<T>(&case.state());
    let loops = Reference::from_parts(&inputs, labels.clone(), case.p, case.d);
    let mut loops = loops.with_model(&case.model);
    let hidden = check(case, &mut loops, &state, &envelope);
    assert_all(&envelope.hidden_velocity, hidden, "dw/dt of the loops");
    let cut = Cut::of(case.n, case.d, case.p);
    let short = Cut { block: 16, chunk: 1 };
    for (cut, arch) in [(cut, Arch::new()), (short, Arch::new()), (cut, Arch::Scalar)] {
        let labels = labels.clone();
        let dense = Dense::from_parts(&inputs, labels, case.p, case.d, triangular, cut, arch);
        let mut dense = dense.with_model(&case.model);
        let hidden = check(case, &mut dense, &state, &envelope);
        assert_all(&envelope.hidden_velocity, hidden, "dw/dt");
    }
}

/// The field in coordinates along orthogonal inputs. It finds them in f64, whatever T.
fn check_orthogonal<T: Real>(case: &Case) {
    let (dataset, network) = (case.dataset(), case.network());
    let relative = 8.0 * epsilon::<T>() + 2.0 * case.d as f64 * f64::EPSILON;
    let envelope = Envelope::new(case, relative, epsilon::<T>());
    let mut field = Orthogonal::<T>::new(&dataset, &network).with_model(&case.model);
    let mut state = vec![T::from_f64(f64::NAN); case.p * (case.n + 1)];
    field.write_state(&network, &mut state);
    let hidden = check(case, &mut field, &state, &envelope);
    assert_all(&envelope.projected_velocity(case), hidden, "dv/dt");
}

const SHAPE: [std::ops::Range<usize>; 3] = [0..40, 0..40, 0..40];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn dense_is_the_loops_in_double_precision(shape in SHAPE, style in style(), seed: u64) {
        check_plain::<f64>(&Case::draw::<f64>(shape, style, seed), false);
    }

    #[test]
    fn dense_is_the_loops_in_single_precision(shape in SHAPE, style in style(), seed: u64) {
        check_plain::<f32>(&Case::draw::<f32>(shape, style, seed), false);
    }

    #[test]
    fn triangular_is_the_loops_in_double_precision(shape in SHAPE, style in style(), seed: u64) {
        check_plain::<f64>(&Case::draw_triangular::<f64>(shape, style, seed), true);
    }

    #[test]
    fn triangular_is_the_loops_in_single_precision(shape in SHAPE, style in style(), seed: u64) {
        check_plain::<f32>(&Case::draw_triangular::<f32>(shape, style, seed), true);
    }

    #[test]
    fn orthogonal_is_the_loops_in_double_precision(
        n in 1usize..40, more in 0usize..10, p in 1usize..40, style in style(), rotated: bool, seed: u64
    ) {
        check_orthogonal::<f64>(&Case::draw_orthogonal::<f64>([n, n + more, p], style, rotated, seed));
    }

    #[test]
    fn orthogonal_is_the_loops_in_single_precision(
        n in 1usize..40, more in 0usize..10, p in 1usize..40, style in style(), rotated: bool, seed: u64
    ) {
        check_orthogonal::<f32>(&Case::draw_orthogonal::<f32>([n, n + more, p], style, rotated, seed));
    }
}

/// Every model on every field, on shapes and styles that change from one to the next.
#[test]
fn every_model_is_the_loops_on_every_field() {
    for (seed, model) in models().into_iter().enumerate() {
        for style in [Style::Continuous, Style::Integers] {
            let seed = seed as u64;
            let shape = [
                1 + seed as usize % 37,
                1 + seed as usize % 23,
                1 + seed as usize % 31,
            ];
            check_plain::<f64>(&Case::draw::<f64>(shape, style, seed).of(model), false);
            check_plain::<f32>(&Case::draw::<f32>(shape, style, seed).of(model), false);
            check_plain::<f64>(&Case::draw_triangular::<f64>(shape, style, seed).of(model), true);
            check_plain::<f32>(&Case::draw_triangular::<f32>(shape, style, seed).of(model), true);
            let [n, d, p] = shape;
            let rotated = seed % 2 == 1;
            let case = Case::draw_orthogonal::<f64>([n, n + d, p], style, rotated, seed);
            check_orthogonal::<f64>(&case.of(model));
            let case = Case::draw_orthogonal::<f32>([n, n + d, p], style, rotated, seed);
            check_orthogonal::<f32>(&case.of(model));
        }
    }
}

/// Steps on orthogonal inputs, which are sweeps of their own, are those of the velocity: descents and stages.
#[test]
fn steps_of_every_model_are_those_of_its_velocity() {
    for (seed, model) in models().into_iter().enumerate() {
        let case = Case::draw_orthogonal::<f64>([19, 19, 6], Style::Continuous, false, seed as u64).of(model);
        let (dataset, network) = (case.dataset(), case.network());
        let mut field = Orthogonal::<f64>::new(&dataset, &network).with_model(&model);
        let mut state = vec![0.0; field.state_length()];
        field.write_state(&network, &mut state);
        let mut velocity = state.clone();
        field.velocity(&state, &mut velocity);
        let size = |values: &[f64]| values.iter().fold(1.0, |most: f64, v| most.max(v.abs()));
        let tolerance = 64.0 * f64::EPSILON * size(&state).max(size(&velocity));
        let close = |found: &[f64], expected: &[f64]| {
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() <= tolerance)
        };

        let mut stepped = state.clone();
        let loss = field.descend(&mut stepped, &mut velocity.clone(), 0.125);
        let expected: Vec<f64> = state.iter().zip(&velocity).map(|(x, v)| x + 0.125 * v).collect();
        assert!(close(&stepped, &expected), "{model}");
        let mut there = velocity.clone();
        assert!(
            (field.velocity(&stepped, &mut there) - loss).abs() <= tolerance,
            "{model}"
        );

        let mut to = expected.clone();
        let factors = [1.5, -0.25, 0.5];
        let known = field.combine(&state, &mut to, &mut there, factors, false);
        let stages = state.iter().zip(&expected).zip(&velocity);
        let expected: Vec<f64> = stages.map(|((x, y), v)| 1.5 * x - 0.25 * y + 0.5 * v).collect();
        assert!(close(&to, &expected), "{model}");
        assert!(known.is_none_or(|loss| (field.velocity(&to, &mut there) - loss).abs() <= tolerance));
    }
}

/// Rows just below, at and above the lengths that kernels cut into blocks.
#[test]
fn dense_is_the_loops_at_the_edges_of_blocks() {
    for n in [63, 64, 65, 127, 128, 129, 255, 256, 257] {
        for style in [Style::Continuous, Style::Integers] {
            check_plain::<f64>(&Case::draw::<f64>([n, 17, 5], style, n as u64), false);
            check_plain::<f32>(&Case::draw::<f32>([n, 3, 33], style, n as u64), false);
        }
    }
}

/// Shapes just below, at and above what tiles, vectors, panels and the passes through their depth are cut to.
#[test]
fn dense_is_the_loops_at_the_edges_of_tiles() {
    let edges = [
        (5, 15, 255),
        (6, 16, 256),
        (7, 17, 257),
        (12, 31, 5),
        (13, 33, 7),
        (1, 65, 1),
    ];
    for (seed, (p, n, d)) in edges.into_iter().enumerate() {
        for style in [Style::Continuous, Style::Integers] {
            let seed = seed as u64;
            check_plain::<f64>(&Case::draw::<f64>([n, d, p], style, seed), false);
            check_plain::<f32>(&Case::draw::<f32>([n, d, p], style, seed), false);
            check_plain::<f64>(&Case::draw_triangular::<f64>([n, d, p], style, seed), true);
            check_plain::<f64>(&Case::draw_triangular::<f64>([d, n, p], style, seed), true);
            check_plain::<f32>(&Case::draw_triangular::<f32>([d, d, p], style, seed), true);
        }
    }
}

/// Everything a dense field computes at a case's state, as bits.
fn bits<T: Real>(case: &Case, cut: Cut, arch: Arch, idle: &IdleThreads) -> Vec<u64> {
    let (inputs, labels) = (cast::<T>(&case.inputs), cast::<T>(&case.labels));
    let field = Dense::from_parts(&inputs, labels, case.p, case.d, false, cut, arch);
    let mut field = field.with_idle_threads(idle);
    let state = cast::<T>(&case.state());
    let (mut velocity, mut image) = (state.clone(), vec![T::ZERO; case.n]);
    let loss = field.velocity(&state, &mut velocity);
    field.apply_kernel(&state, &cast::<T>(&case.direction), &mut image);
    let numbers = widen(&velocity).chain(widen(field.residuals()));
    let numbers = numbers.chain(widen(&image)).chain([loss]);
    numbers.map(f64::to_bits).collect()
}

/// The bits of an evaluation on two and three threads are those on one.
#[test]
fn threads_do_not_change_a_bit() {
    fn check<T: Real>() {
        let case = Case::draw::<T>([203, 19, 11], Style::Continuous, 7);
        let on = |threads: usize| {
            let idle = IdleThreads::default();
            idle.give(threads - 1);
            let bits = bits::<T>(&case, Cut { block: 16, chunk: 1 }, Arch::new(), &idle);
            assert_eq!(idle.take(9), threads - 1, "idle threads are given back");
            bits
        };
        let alone = on(1);
        assert_eq!(on(2), alone);
        assert_eq!(on(3), alone);
    }
    check::<f32>();
    check::<f64>();
}

/// The bits of an evaluation are the same on every instruction set that fuses, where this processor has several.
#[cfg(target_arch = "x86_64")]
#[test]
fn instruction_sets_do_not_change_a_bit() {
    fn check<T: Real>(shape: [usize; 3]) {
        let case = Case::draw::<T>(shape, Style::Continuous, 3);
        let cut = Cut::of(case.n, case.d, case.p);
        let on = |arch| bits::<T>(&case, cut, arch, &IdleThreads::default());
        if let Some(avx2) = pulp::x86::V3::try_new() {
            assert!(on(Arch::V3(avx2)) == on(Arch::new()), "{shape:?}");
        }
    }
    for shape in [
        [203, 10, 31],
        [300, 24, 9],
        [300, 25, 9],
        [129, 40, 13],
        [17, 3, 2],
        [1, 1, 1],
    ] {
        check::<f32>(shape);
        check::<f64>(shape);
    }
}

/// A network read off a state one unit of time along the velocity is the network moved by dθ/dt, in the
/// weights' coordinates and in the inputs' own.
#[test]
fn a_moved_state_is_read_as_the_moved_network() {
    for rotated in [false, true] {
        let case = Case::draw_orthogonal::<f64>([7, 11, 5], Style::Continuous, rotated, 1);
        let (dataset, network) = (case.dataset(), case.network());
        let moved = |field: &mut dyn VectorField<f64>| {
            let mut state = vec![0.0; field.state_length()];
            field.write_state(&network, &mut state);
            assert_eq!(
                field.read_network(&state).output_weights(),
                network.output_weights()
            );
            let mut velocity = state.clone();
            field.velocity(&state, &mut velocity);
            state.iter_mut().zip(&velocity).for_each(|(value, v)| *value += v);
            field.read_network(&state)
        };
        let expected = moved(&mut Reference::new(&dataset, case.p));
        for found in [
            moved(&mut Dense::new(&dataset, case.p)),
            moved(&mut Dense::starting_at(&dataset, &network)),
            moved(&mut Orthogonal::new(&dataset, &network)),
        ] {
            // Weights below 10, sums of at most n + d + p = 23 terms of that size.
            let tolerance = 23.0 * 10.0 * f64::EPSILON;
            let hidden = expected.hidden_weights().into_owned() - found.hidden_weights();
            let output = expected.output_weights().into_owned() - found.output_weights();
            assert!(hidden.iter().chain(&output).all(|gap| gap.abs() <= tolerance));
        }
    }
}

/// Where examples are few, the field that starts at a network has fewer coordinates, the same residuals, and moves
/// the network as the loops do; what stands outside the span stands still.
#[test]
fn few_examples_are_evaluated_in_their_span() {
    for (n, d, p) in [
        (1, 9, 3),
        (7, 30, 5),
        (20, 20, 4),
        (30, 20, 4),
        (39, 20, 4),
        (40, 20, 4),
    ] {
        let case = Case::draw::<f64>([n, d, p], Style::Continuous, n as u64);
        let (dataset, network) = (case.dataset(), case.network());
        let mut loops = Reference::<f64>::new(&dataset, p);
        let mut field = Dense::<f64>::starting_at(&dataset, &network);
        assert_eq!(field.hidden_coordinates(), n.min(d));
        let evaluate = |field: &mut dyn VectorField<f64>| {
            let mut state = vec![f64::NAN; field.state_length()];
            field.write_state(&network, &mut state);
            let mut velocity = vec![f64::NAN; state.len()];
            let loss = field.velocity(&state, &mut velocity);
            let speed: f64 = velocity.iter().map(|v| v * v).sum();
            state.iter_mut().zip(&velocity).for_each(|(value, v)| *value += v);
            (
                loss,
                speed,
                field.residuals().to_vec(),
                field.read_network(&state),
            )
        };
        let (expected, found) = (evaluate(&mut loops), evaluate(&mut field));
        // Products of numbers below 2 and norms below 2 √d; a Householder QR errs by a small multiple of n d ε.
        let tolerance = 100.0 * (n * d) as f64 * f64::EPSILON * (1.0 + expected.1);
        assert!((expected.0 - found.0).abs() <= tolerance * (1.0 + expected.0));
        assert!(
            (expected.1 - found.1).abs() <= tolerance,
            "‖dθ/dt‖² is the same in both coordinates"
        );
        let gaps = expected.2.iter().zip(&found.2).map(|(a, b)| a - b);
        let hidden = expected.3.hidden_weights().into_owned() - found.3.hidden_weights();
        assert!(
            gaps.chain(hidden).all(|gap| gap.abs() <= tolerance),
            "n = {n}, d = {d}, p = {p}"
        );
    }
}
