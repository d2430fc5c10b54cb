//! Which labels no network fits: closed forms, and the least loss of many random neurons as a slow twin.

use ndarray::{Array1, Array2, array};
use rand::{RngExt, SeedableRng};
use reluflow::Dataset;
use reluflow::random::ChaCha8Rng;

/// inf L over output weights of `p` random neurons. Their features span all that features can span, with probability 1
/// once p is large, so this is the infimum over all networks.
fn least_loss_of_random_neurons(data: &Dataset, p: usize, random: &mut ChaCha8Rng) -> f64 {
    let (n, d) = (data.examples(), data.dimension());
    let mut rest = data.labels().to_owned();
    let mut basis: Vec<Array1<f64>> = Vec::new();
    for _ in 0..p {
        let w = Array1::from_shape_simple_fn(d, || random.random::<f64>() - 0.5);
        let mut feature = data.inputs().dot(&w).mapv(|u| u.max(0.0));
        let before = feature.dot(&feature).sqrt();
        for _ in 0..3 {
            for unit in &basis {
                let part = feature.dot(unit);
                feature.scaled_add(-part, unit);
            }
        }
        let after = feature.dot(&feature).sqrt();
        if after > 1e-9 * before {
            basis.push(feature / after);
        }
    }
    for _ in 0..2 {
        for unit in &basis {
            let part = rest.dot(unit);
            rest.scaled_add(-part, unit);
        }
    }
    rest.dot(&rest) / (2.0 * n as f64)
}

#[test]
fn examples_on_one_ray_need_labels_in_proportion() {
    // Least squares on the ray: v = (1 + 2·3)/(1 + 4) = 1.4, so L = (0.4² + 0.2²)/4.
    let data = Dataset::new(array![[1.0, 2.0], [2.0, 4.0]], array![1.0, 3.0]).unwrap();
    // In units of ‖(1, 2)‖ the norms are 1 and 2.
    let conflicts = data.conflicts();
    assert_eq!(conflicts.rays, [(0, 1)]);
    assert!(
        (conflicts.least_loss - (0.16 + 0.04) / 4.0).abs() < 1e-15,
        "{conflicts:?}"
    );
    let text = conflicts.to_string();
    assert!(
        text.contains("examples 0 and 1 are positive multiples") && text.contains("5.000e-2"),
        "{text}"
    );
    for (inputs, labels) in [
        // Duplicates with one label, and multiples in proportion, also where decimals are rounded.
        (array![[1.0, 2.0], [1.0, 2.0]], array![0.3, 0.3]),
        (array![[0.1, 0.7], [0.3, 2.1]], array![0.1, 0.3]),
        (array![[0.1, 0.2], [0.7, 1.4]], array![-0.3, -2.1]),
        (array![[1e-200, 1e-200], [1e200, 1e200]], array![1e-200, 1e200]),
        // Opposite examples take any labels, and so does a direction near another.
        (array![[1.0, 2.0], [-3.0, -6.0]], array![1.0, 5.0]),
        (array![[1.0, 2.0], [1.0, 2.0 + 1e-9]], array![1.0, -1.0]),
        (array![[0.0, 0.0], [1.0, 0.0]], array![0.0, 1.0]),
    ] {
        let data = Dataset::new(inputs, labels).unwrap();
        let conflicts = data.conflicts();
        assert!(
            conflicts.is_empty() && conflicts.least_loss == 0.0,
            "{data:?}: {conflicts:?}"
        );
    }
}

#[test]
fn the_input_zero_has_the_label_zero() {
    let data = Dataset::new(array![[0.0], [1.0], [0.0]], array![2.0, 1.0, 0.0]).unwrap();
    let conflicts = data.conflicts();
    assert_eq!(conflicts.zero_inputs, [0]);
    assert_eq!(conflicts.least_loss, 4.0 / 6.0);
    let axes = Dataset::along_axes(vec![1.0, 0.0], array![1.0, -3.0], 2).unwrap();
    assert_eq!(axes.conflicts().zero_inputs, [1]);
    assert_eq!(axes.conflicts().least_loss, 9.0 / 4.0);
}

#[test]
fn opposite_pairs_on_more_lines_than_dimensions_conflict() {
    // Directions e1, e2 and (e1 + e2)/√2: h(x) − h(−x) is q1, q2 and (q1 + q2)/√2. The labels ask for 0, 0 and 2.
    let s = 0.5f64.sqrt();
    let inputs = array![[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [s, s], [-s, -s]];
    let fits = Dataset::new(inputs.clone(), array![1.0, 1.0, -1.0, -1.0, 0.5, 0.5]).unwrap();
    assert!(fits.conflicts().is_empty());
    let data = Dataset::new(inputs, array![1.0, 1.0, -1.0, -1.0, 1.0, -1.0]).unwrap();
    let conflicts = data.conflicts();
    assert_eq!(conflicts.opposite, [(0, 1), (2, 3), (4, 5)]);
    // Each pair pays δ²/2 for a difference that is off by δ; the vector (0, 0, 2) is off the span of (1, 0, s) and
    // (0, 1, s) by its part along (s, s, −1)/√2, √2, so L = 2/2/12.
    assert!((conflicts.least_loss - 1.0 / 12.0).abs() < 1e-14, "{conflicts:?}");
}

#[test]
fn the_least_loss_is_that_of_many_random_neurons() {
    let mut conflicting = 0;
    for seed in 0..200 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let d = random.random_range(1..4usize);
        let lines = random.random_range(1..6usize);
        let n = random.random_range(1..12usize);
        let directions = Array2::from_shape_simple_fn((lines, d), || random.random_range(-2..3) as f64);
        let mut inputs = Array2::zeros((n, d));
        let mut labels = Array1::zeros(n);
        for i in 0..n {
            let scale = [-2.0, -1.0, 1.0, 1.0, 3.0][random.random_range(0..5usize)];
            let line = random.random_range(0..lines);
            inputs.row_mut(i).assign(&(&directions.row(line) * scale));
            labels[i] = scale * random.random_range(-1..2) as f64;
        }
        let data = Dataset::new(inputs, labels).unwrap();
        let conflicts = data.conflicts();
        let twin = least_loss_of_random_neurons(&data, 300, &mut random);
        assert!(
            (conflicts.least_loss - twin).abs() < 1e-10,
            "seed {seed}: {conflicts:?}, random neurons {twin}, {data:?}"
        );
        assert_eq!(conflicts.is_empty(), twin < 1e-10, "seed {seed}");
        conflicting += usize::from(!conflicts.is_empty());
    }
    assert!((50..150).contains(&conflicting), "{conflicting} of 200 conflict");
}

#[test]
fn drawn_data_have_no_conflicts() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let inputs = Array2::from_shape_simple_fn((300, 5), || random.random::<f64>() - 0.5);
    let data = Dataset::new(inputs, Array1::ones(300)).unwrap();
    assert!(data.conflicts().is_empty());
    // Many examples in one direction are one line, not n² comparisons.
    let many = Dataset::new(Array2::ones((100_000, 2)), Array1::ones(100_000)).unwrap();
    assert!(many.conflicts().is_empty());
}
