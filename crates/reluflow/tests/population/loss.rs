//! Tests the closed forms of the population loss: its value, gradient and Hessian against draws, differences and loops.

use std::f64::consts::PI;

use ndarray::{Array1, Array2};
use rand_distr::{Distribution, StandardNormal};
use reluflow::model::{Activation, Rates, Train};
use reluflow::population::PopulationField;

use super::common::{generator, normal};

/// A field, a state, and the parts they are made of.
struct Case {
    field: PopulationField,
    state: Vec<f64>,
    student: (Array2<f64>, Array1<f64>),
    teacher: (Array2<f64>, Array1<f64>),
    activation: Activation,
}

fn case(slope: f64, rates: Rates, [p, k, m]: [usize; 3], draw: u64) -> Case {
    let mut random = generator(draw);
    let hidden = normal(p, m, 0.8, &mut random);
    let output = normal(p, 1, 1.0, &mut random).column(0).to_owned();
    let teacher = normal(k, m, 0.7, &mut random);
    let teacher_output = normal(k, 1, 1.0, &mut random).column(0).to_owned();
    let activation = Activation::Leaky(slope);
    let state = hidden.iter().chain(&output).copied().collect();
    let flat = teacher.iter().copied().collect();
    Case {
        field: PopulationField::new((activation, rates), p, m, flat, teacher_output.to_vec()),
        state,
        student: (hidden, output),
        teacher: (teacher, teacher_output),
        activation,
    }
}

/// L by loops over all neurons of h − h*, each pair by the formula with acos.
fn loss_by_loops(case: &Case) -> f64 {
    let p = case.student.1.len() as f64;
    let students = case
        .student
        .0
        .rows()
        .into_iter()
        .zip(case.student.1.iter().map(|a| a / p));
    let teachers = case
        .teacher
        .0
        .rows()
        .into_iter()
        .zip(case.teacher.1.iter().map(|b| -b));
    let all: Vec<_> = students.chain(teachers).collect();
    let slope = case.activation.slope();
    let mut loss = 0.0;
    for (w, a) in &all {
        for (v, b) in &all {
            let (size, product) = ((w.dot(w) * v.dot(v)).sqrt(), w.dot(v));
            let angle = (product / size).clamp(-1.0, 1.0).acos();
            let relu = size * (angle.sin() + (PI - angle) * angle.cos()) / (2.0 * PI);
            loss += 0.5 * a * b * (slope * product + (1.0 - slope).powi(2) * relu);
        }
    }
    loss
}

const SLOPES: [f64; 5] = [0.0, 0.1, 0.5, 1.0, -1.0];

#[test]
fn loss_is_that_of_loops() {
    for slope in SLOPES {
        for sizes in [[3, 2, 4], [1, 1, 1], [5, 3, 2], [2, 0, 3], [0, 2, 3], [0, 0, 2]] {
            let mut case = case(slope, Rates::BOTH, sizes, 1);
            let mut velocity = vec![0.0; case.state.len()];
            let loss = case.field.velocity(&case.state.clone(), &mut velocity);
            let expected = loss_by_loops(&case);
            // Some 30 terms of order 1.
            assert!(
                (loss - expected).abs() < 1e-13,
                "{slope} {sizes:?}: {loss} {expected}"
            );
            assert!(velocity.iter().all(|v| v.is_finite()));
        }
    }
}

/// 400 000 draws of x: the mean of ½(h − h*)² and of its gradient, to five standard errors of each.
#[test]
fn loss_and_gradient_are_those_of_draws() {
    const DRAWS: usize = 400_000;
    for slope in [0.0, 0.3] {
        let [p, k, m] = [3, 2, 3];
        let mut case = case(slope, Rates::BOTH, [p, k, m], 2);
        let mut random = generator(3);
        let sigma = |u: f64| case.activation.value(u);
        let (mut sums, mut squares) = (vec![0.0; p * (m + 1) + 1], vec![0.0; p * (m + 1) + 1]);
        for _ in 0..DRAWS {
            let x: Array1<f64> = Array1::from_shape_simple_fn(m, || StandardNormal.sample(&mut random));
            let u = case.student.0.dot(&x);
            let seen = case.teacher.0.dot(&x);
            let h: f64 = (0..p).map(|j| case.student.1[j] * sigma(u[j])).sum::<f64>() / p as f64;
            let label: f64 = (0..k).map(|k| case.teacher.1[k] * sigma(seen[k])).sum();
            let force = label - h;
            let mut values = Vec::new();
            for j in 0..p {
                let factor = force * case.student.1[j] * case.activation.derivative(u[j]);
                values.extend(x.iter().map(|x| factor * x));
            }
            values.extend((0..p).map(|j| force * sigma(u[j])));
            values.push(0.5 * force * force);
            for (i, value) in values.iter().enumerate() {
                sums[i] += value;
                squares[i] += value * value;
            }
        }
        let mut found = vec![0.0; case.state.len()];
        let loss = case.field.velocity(&case.state.clone(), &mut found);
        found.push(loss);
        let n = DRAWS as f64;
        for (i, found) in found.iter().enumerate() {
            let mean = sums[i] / n;
            let error = ((squares[i] / n - mean * mean) / n).sqrt();
            assert!(
                (found - mean).abs() < 5.0 * error,
                "{i}: {found} {mean} ± {error}"
            );
        }
    }
}

/// Central differences of L with step 10⁻⁵: 10⁻¹⁰ from the step, 10⁻¹¹ from rounding.
#[test]
fn velocity_is_the_gradient_by_differences() {
    for slope in SLOPES {
        for rates in [
            Rates::BOTH,
            Train::Hidden.rates(),
            Train::Output.rates(),
            Rates {
                hidden: 2.0,
                output: 0.3,
            },
        ] {
            let mut case = case(slope, rates, [3, 2, 4], 4);
            let (p, m) = (3, 4);
            let mut velocity = vec![0.0; case.state.len()];
            let mut scratch = velocity.clone();
            case.field.velocity(&case.state.clone(), &mut velocity);
            for i in 0..case.state.len() {
                let rate = if i < p * m { rates.hidden } else { rates.output };
                let mut at = |shift: f64| {
                    let mut state = case.state.clone();
                    state[i] += shift;
                    case.field.velocity(&state, &mut scratch)
                };
                let expected = -rate * p as f64 * (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!(
                    (velocity[i] - expected).abs() < 3e-9,
                    "{slope} {rates:?} {i}: {} {expected}",
                    velocity[i]
                );
            }
        }
    }
}

/// Central differences of dθ/dt with step 10⁻⁵.
#[test]
fn hessian_is_the_derivative_of_the_velocity() {
    for slope in SLOPES {
        for train in [Train::Both, Train::Hidden, Train::Output] {
            let mut case = case(slope, train.rates(), [3, 2, 4], 5);
            let hidden = 12;
            let start = if train == Train::Output { hidden } else { 0 };
            let size = case.field.moving();
            assert_eq!(size, [15, 12, 3][train as usize]);
            let hessian = case.field.hessian(&case.state);
            let (mut up, mut down) = (vec![0.0; case.state.len()], vec![0.0; case.state.len()]);
            for i in 0..size {
                let mut state = case.state.clone();
                state[start + i] += 1e-5;
                case.field.velocity(&state, &mut up);
                state[start + i] -= 2e-5;
                case.field.velocity(&state, &mut down);
                for l in 0..size {
                    let expected = -(up[start + l] - down[start + l]) / 2e-5;
                    let found = hessian[(l, i)];
                    assert!(
                        (found - expected).abs() < 5e-9,
                        "{slope} {train:?} ({l}, {i}): {found} {expected}"
                    );
                    assert_eq!(found, hessian[(i, l)]);
                }
            }
        }
    }
}

/// Parallel, opposite and zero vectors, of students and teachers: numbers, and the limit of vectors that nearly are.
#[test]
fn parallel_opposite_and_zero_vectors_give_numbers() {
    for slope in [0.0, 0.2] {
        let teacher = vec![1.0, 0.0, -2.0, 0.0, 0.0, 0.0];
        let mut field = PopulationField::new(
            (Activation::Leaky(slope), Rates::BOTH),
            4,
            2,
            teacher,
            vec![1.0, 0.5, 1.0],
        );
        let state = |tilt: f64| vec![3.0, tilt, -1.0, tilt, 0.0, 0.0, -0.5, 0.0, 1.0, -1.0, 2.0, 0.7];
        let (mut at, mut near) = (vec![0.0; 12], vec![0.0; 12]);
        let loss = field.velocity(&state(0.0), &mut at);
        let limit = field.velocity(&state(1e-9), &mut near);
        assert!(loss.is_finite() && (loss - limit).abs() < 1e-8);
        for (at, near) in at.iter().zip(&near) {
            assert!((at - near).abs() < 1e-7, "{at} {near}");
        }
        let hessian = field.hessian(&state(0.0));
        assert!((0..12).all(|i| (0..12).all(|l| hessian[(i, l)].is_finite())));
    }
}
