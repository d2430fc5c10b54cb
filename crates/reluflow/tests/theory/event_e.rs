//! Checks the probability of event E: its formula against draws (Monte Carlo), and the width that Lemma 5 asks for.

use reluflow::EventE;
use reluflow::data::{Magnitude, Orthogonal};
use reluflow::initialisation::Balanced;
use reluflow::random::Purpose;
use reluflow::theory::lemma_5;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Network, TrialSeed};

fn draw_from(
    data: &DataLaw,
    init: &InitialisationLaw,
    [n, d, p]: [usize; 3],
    draw: u64,
) -> (Dataset, Network) {
    let seed = TrialSeed {
        root: 13,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw,
    };
    let dataset = data.sample(n, d, &mut seed.generator(Purpose::Data)).unwrap();
    let network = init
        .sample(p, &dataset, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    (dataset, network)
}

/// P(E) = Σ_k C(p, k) 2^{−p} (1 − 2^{−k})^{n₊} (1 − 2^{−(p−k)})^{n₋}, in logarithms.
fn probability_of_coverage(p: usize, positive: usize, negative: usize) -> f64 {
    let mut log_binomial = 0.0;
    let mut sum = 0.0;
    for k in 0..=p {
        let miss = |neurons: usize| 1.0 - 0.5f64.powi(neurons as i32);
        let covered = miss(k).powi(positive as i32) * miss(p - k).powi(negative as i32);
        sum += (log_binomial - p as f64 * 2f64.ln()).exp() * covered;
        log_binomial += ((p - k) as f64 / (k + 1) as f64).ln();
    }
    sum
}

/// The formula of Lemma 5 against draws: orthogonal inputs and rotation-invariant hidden weights.
#[test]
fn event_e_has_its_exact_probability() {
    let init = InitialisationLaw::Balanced(Balanced {
        hidden: reluflow::initialisation::HiddenLaw::Gaussian,
        scale: 1.0,
    });
    let data = DataLaw::Orthogonal(Orthogonal {
        norms: Magnitude::PAPER,
        rotated: true,
        ..Orthogonal::default()
    });
    let (n, p, draws) = (30, 14, 3000);
    let (mut found, mut expected, mut variance) = (0.0, 0.0, 0.0);
    for k in 0..draws {
        let (dataset, network) = draw_from(&data, &init, [n, n, p], k);
        let positive = dataset.labels().iter().filter(|y| **y > 0.0).count();
        let probability = probability_of_coverage(p, positive, n - positive);
        found += f64::from(u8::from(EventE::new(&dataset, &network).holds()));
        expected += probability;
        variance += probability * (1.0 - probability);
    }
    assert!(
        expected / draws as f64 > 0.3 && expected / (draws as f64) < 0.7,
        "a fair test"
    );
    // Five standard errors.
    assert!(
        (found - expected).abs() < 5.0 * f64::sqrt(variance),
        "{found} of {draws}, expected {expected}"
    );
}

/// With p = ⌊log(n/ε)/log(4/3)⌋ + 1 the union bound gives P(not E) ≤ n (3/4)^p ≤ ε, and the exact value agrees.
#[test]
fn lemma_5_width_suffices() {
    for (n, epsilon) in [(10, 0.5), (100, 0.05), (1650, 0.05), (3000, 0.05), (1650, 1e-6)] {
        let p = lemma_5::width(n, epsilon);
        let union = n as f64 * 0.75f64.powi(p as i32);
        assert!(union <= epsilon, "n = {n}, ε = {epsilon}");
        assert!(
            n as f64 * 0.75f64.powi(p as i32 - 1) > epsilon,
            "one neuron fewer is not enough for the bound"
        );
        for positive in [0, n / 3, n / 2, n] {
            let missed = 1.0 - probability_of_coverage(p, positive, n - positive);
            assert!(
                missed <= union,
                "n = {n}, {positive} positive: {missed} above {union}"
            );
        }
    }
}
