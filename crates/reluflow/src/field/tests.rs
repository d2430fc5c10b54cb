//! Compares each field with the loops of [`super::reference`].

mod case;
mod envelope;

use proptest::prelude::*;

use super::reference::Reference;
use super::{Activity, Dense, Orthogonal, Real, VectorField, split_state};
use case::{Case, Style, style};
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
    let residuals = field.residuals().to_vec();
    envelope.loss.assert(loss, "loss", 0);
    assert_all(&envelope.residuals, widen(&residuals), "residuals");
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
    assert_eq!(
        field.residuals(),
        residuals,
        "residuals are those of the last velocity"
    );

    let elsewhere: Vec<T> = state.iter().map(|v| T::ONE - *v).collect();
    let mut again = vec![nan; state.len()];
    field.velocity(&elsewhere, &mut again);
    assert_eq!(field.velocity(state, &mut again), loss);
    assert_eq!(again, velocity, "the same state has the same velocity");
    widen(hidden).collect()
}

/// The fields that live in the weights' own coordinates.
fn check_plain<T: Real>(case: &Case) {
    let envelope = Envelope::new(case, case.d as f64 * epsilon::<T>(), epsilon::<T>());
    let (inputs, labels) = (cast::<T>(&case.inputs), cast::<T>(&case.labels));
    let state = cast::<T>(&case.state());
    let mut loops = Reference::from_parts(&inputs, labels.clone(), case.p, case.d);
    let hidden = check(case, &mut loops, &state, &envelope);
    assert_all(&envelope.hidden_velocity, hidden, "dw/dt of the loops");
    let mut dense = Dense::from_parts(inputs, labels, case.p, case.d);
    let hidden = check(case, &mut dense, &state, &envelope);
    assert_all(&envelope.hidden_velocity, hidden, "dw/dt");
}

/// The field in coordinates along orthogonal inputs. It finds them in f64, whatever T.
fn check_orthogonal<T: Real>(case: &Case) {
    let (dataset, network) = (case.dataset(), case.network());
    let relative = 8.0 * epsilon::<T>() + 2.0 * case.d as f64 * f64::EPSILON;
    let envelope = Envelope::new(case, relative, epsilon::<T>());
    let mut field = Orthogonal::<T>::new(&dataset, &network);
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
        check_plain::<f64>(&Case::draw::<f64>(shape, style, seed));
    }

    #[test]
    fn dense_is_the_loops_in_single_precision(shape in SHAPE, style in style(), seed: u64) {
        check_plain::<f32>(&Case::draw::<f32>(shape, style, seed));
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

/// Rows just below, at and above the lengths that kernels cut into blocks.
#[test]
fn dense_is_the_loops_at_the_edges_of_blocks() {
    for n in [63, 64, 65, 127, 128, 129, 255, 256, 257] {
        for style in [Style::Continuous, Style::Integers] {
            check_plain::<f64>(&Case::draw::<f64>([n, 17, 5], style, n as u64));
            check_plain::<f32>(&Case::draw::<f32>([n, 3, 33], style, n as u64));
        }
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
