//! Compares the steps that the orthogonal field takes in one sweep with an evaluation and a sum.

use proptest::prelude::*;
use reluflow::field::{Orthogonal, Real, VectorField, split_state};
use reluflow::{DataLaw, Dataset, Network, Setting, data};

fn problem(n: usize, p: usize, root: u64) -> (Dataset, Network) {
    let setting = Setting {
        data: DataLaw::Orthogonal(data::Orthogonal::default()),
        ..Setting::paper(n, n, p)
    };
    setting.draw(root, 0).unwrap()
}

/// One rounding of every operation that goes into an entry: at most eight, and n of them in a slope's sum.
fn close<T: Real>(found: &[T], expected: &[T], size: &[f64], n: usize, what: &str) {
    let unit = if size_of::<T>() == 4 {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    };
    for (k, ((found, expected), size)) in found.iter().zip(expected).zip(size).enumerate() {
        let gap = (found.to_f64() - expected.to_f64()).abs();
        let tolerance = (n as f64 + 8.0) * unit * size;
        assert!(
            gap <= tolerance,
            "{what}[{k}]: {found:?} for {expected:?}, {gap:e} > {tolerance:e}"
        );
    }
}

fn check<T: Real>(n: usize, p: usize, root: u64) {
    let (dataset, network) = problem(n, p, root);
    let mut field = Orthogonal::<T>::new(&dataset, &network);
    let mut start = vec![T::ZERO; field.state_length()];
    field.write_state(&network, &mut start);
    let mut velocity = start.clone();
    field.velocity(&start, &mut velocity);
    let residuals = field.residuals().to_vec();

    // An evaluation where the last was made is that evaluation.
    let mut again = vec![T::from_f64(f64::NAN); start.len()];
    field.velocity_there(&start, &mut again);
    assert_eq!(again, velocity);
    assert_eq!(field.residuals(), residuals);

    // Sizes of what is added up: σ(v) ≤ |v|, and slopes are at most Σ |f_i| |v_ji|.
    let forces: Vec<f64> = (residuals.iter().zip(dataset.input_norms()))
        .map(|(r, norm)| (r.to_f64() * norm).abs() / n as f64)
        .collect();
    let (hidden, _) = split_state(&start, p);
    let slopes = hidden.chunks(n).map(|v| {
        v.iter()
            .zip(&forces)
            .map(|(v, f)| v.to_f64().abs() * f)
            .sum::<f64>()
    });
    let sizes: Vec<f64> = velocity[..n * p]
        .iter()
        .map(|v| v.to_f64().abs())
        .chain(slopes)
        .collect();

    // A step of Euler, and the evaluation after it.
    let rate = T::from_f64(0.7);
    let mut moved = start.clone();
    let loss = field.descend(&mut moved, &mut again, rate);
    let expected: Vec<T> = start
        .iter()
        .zip(&velocity)
        .map(|(v, dv)| *v + rate * *dv)
        .collect();
    let size: Vec<f64> = start
        .iter()
        .zip(&sizes)
        .map(|(v, s)| v.to_f64().abs() + s)
        .collect();
    close(&moved, &expected, &size, n, "a step of Euler");
    let found = field.residuals().to_vec();
    assert_eq!(
        field.velocity(&moved, &mut again),
        loss,
        "L where the step arrives"
    );
    assert_eq!(field.residuals(), found, "residuals where the step arrives");

    // A stage, from an evaluation of its own and from the stage before.
    let factors = [1.5, -0.5, 0.3].map(T::from_f64);
    let mut to: Vec<T> = start.iter().map(|v| T::from_f64(0.5) - *v).collect();
    let expected: Vec<T> = (start.iter().zip(&to).zip(&velocity))
        .map(|((at, to), v)| factors[0] * *at + factors[1] * *to + factors[2] * *v)
        .collect();
    let size: Vec<f64> = (start.iter().zip(&to).zip(&sizes))
        .map(|((at, to), v)| 1.5 * at.to_f64().abs() + 0.5 * to.to_f64().abs() + 0.3 * v)
        .collect();
    let loss = field
        .combine(&start, &mut to, &mut again, factors, false)
        .unwrap();
    close(&to, &expected, &size, n, "a stage");
    let mut third = start.clone();
    field.combine(&to, &mut third, &mut again, factors, true).unwrap();
    let mut fresh = Orthogonal::<T>::new(&dataset, &network);
    let mut third_afresh = start.clone();
    fresh
        .combine(&to, &mut third_afresh, &mut again, factors, false)
        .unwrap();
    assert_eq!(third, third_afresh, "a stage that follows");
    assert_eq!(fresh.velocity(&to, &mut again), loss, "L where the stage arrives");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn one_sweep_is_an_evaluation_and_a_sum(n in 1usize..70, p in 1usize..12, root: u64) {
        check::<f64>(n, p, root);
        check::<f32>(n, p, root);
    }
}
