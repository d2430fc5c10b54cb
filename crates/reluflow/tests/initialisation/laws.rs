//! Checks facts about what the initialisation laws draw, and what they refuse.
//!
//! Seeds are fixed. Averages over N independent draws are allowed five standard errors, which chance exceeds
//! once in 1.7 million.

use reluflow::data::Orthogonal;
use reluflow::initialisation::{
    Asymmetric, Balanced, GroupInitialisation, HiddenLaw, Margin, Normal, PyTorch, TauDelta, Xavier,
};
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, Network};

use super::common::{covered, generator, isotropic, sample, try_sample};

fn norms(network: &Network) -> Vec<f64> {
    let weights = network.hidden_weights();
    weights.rows().into_iter().map(|w| w.dot(&w).sqrt()).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn a_seed_draws_the_same_network_again_and_another_does_not() {
    let data = isotropic(6, 4);
    for law in [
        covered(false),
        InitialisationLaw::Balanced(Balanced::default()),
        InitialisationLaw::Normal(Normal::default()),
        InitialisationLaw::PyTorch(PyTorch {}),
        InitialisationLaw::TauDelta(TauDelta::default()),
        InitialisationLaw::Xavier(Xavier::default()),
    ] {
        let first = sample(&law, 5, &data, 0);
        assert_eq!((first.neurons(), first.dimension()), (5, 4));
        assert_eq!(first, sample(&law, 5, &data, 0));
        assert_ne!(first, sample(&law, 5, &data, 1));
        let error = try_sample(&law, 0, &data, 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "number of neurons p: expected at least 1, found 0"
        );
    }
}

/// U(−1/√d, 1/√d) has mean square 1/(3d), and its square the variance (1/5 − 1/9)/d²; N(0, 1/d) has mean
/// square 1/d, and its square the variance 2/d².
#[test]
fn hidden_weights_follow_their_law() {
    let (p, d) = (400, 25);
    let data = isotropic(1, d);
    let (size, count) = (d as f64, (p * d) as f64);
    let entries = |hidden| {
        let law = Balanced {
            hidden,
            ..Balanced::default()
        };
        let network = sample(&InitialisationLaw::Balanced(law), p, &data, 0);
        network.hidden_weights().iter().copied().collect::<Vec<f64>>()
    };
    for (hidden, mean_square, variance_of_square) in [
        (
            HiddenLaw::Uniform,
            1.0 / (3.0 * size),
            (1.0 / 5.0 - 1.0 / 9.0) / (size * size),
        ),
        (HiddenLaw::Gaussian, 1.0 / size, 2.0 / (size * size)),
    ] {
        let entries = entries(hidden);
        let squares: Vec<f64> = entries.iter().map(|w| w * w).collect();
        assert!(
            mean(&entries).abs() < 5.0 * (mean_square / count).sqrt(),
            "{hidden:?}"
        );
        assert!(
            (mean(&squares) - mean_square).abs() < 5.0 * (variance_of_square / count).sqrt(),
            "{hidden:?}"
        );
    }
    assert!(
        entries(HiddenLaw::Uniform)
            .iter()
            .all(|w| w.abs() <= 1.0 / size.sqrt())
    );
    let sphere = entries(HiddenLaw::Sphere);
    for w in sphere.chunks_exact(d) {
        let square: f64 = w.iter().map(|v| v * v).sum();
        assert!((square - 1.0).abs() < 2.0 * (d + 4) as f64 * f64::EPSILON);
    }
    assert!(mean(&sphere).abs() < 5.0 / (size * count).sqrt());
}

/// |a_j| − ‖w_j‖ ~ Exp(1): mean 1, variance 1, above 1 with probability 1/e. Signs are fair.
#[test]
fn the_papers_margins_are_exponential() {
    let p = 5000;
    let network = sample(&covered(false), p, &isotropic(1, 6), 0);
    assert!(network.asymmetry_margin() >= 0.0, "Assumption 1 holds");
    let pairs = norms(&network).into_iter().zip(network.output_weights());
    let margins: Vec<f64> = pairs.map(|(norm, a)| a.abs() - norm).collect();
    let root = (p as f64).sqrt();
    assert!((mean(&margins) - 1.0).abs() < 5.0 / root);
    let above: Vec<f64> = margins.iter().map(|m| f64::from(u8::from(*m > 1.0))).collect();
    let expected = (-1.0f64).exp();
    assert!((mean(&above) - expected).abs() < 5.0 * (expected * (1.0 - expected)).sqrt() / root);
    let signs: Vec<f64> = network.output_weights().iter().map(|a| a.signum()).collect();
    assert!(mean(&signs).abs() < 5.0 / root);
}

#[test]
fn the_margin_of_assumption_1_is_the_one_asked_for() {
    let data = isotropic(3, 8);
    let draw = |hidden_scale| {
        let law = Asymmetric {
            margin: Margin::Constant(0.25),
            hidden_scale,
            ..Asymmetric::default()
        };
        sample(&InitialisationLaw::Asymmetric(law), 50, &data, 0)
    };
    let network = draw(1.0);
    assert!((network.asymmetry_margin() - 0.25).abs() < 4.0 * f64::EPSILON);
    // The hidden scale comes after a_j: output weights stay, hidden ones shrink.
    let small = draw(0.01);
    assert_eq!(small.output_weights(), network.output_weights());
    assert_eq!(small.hidden_weights(), 0.01 * &network.hidden_weights());
    // Above 1 it can break Assumption 1, and the margin says by how much: ‖w‖ ≤ 1 became 10‖w‖.
    let longest = norms(&network).into_iter().fold(0.0, f64::max);
    let expected = 0.25 - 9.0 * longest;
    assert!(expected < 0.0);
    assert!((draw(10.0).asymmetry_margin() - expected).abs() < 20.0 * 10.0 * f64::EPSILON);
}

#[test]
fn balanced_networks_are_balanced() {
    let data = isotropic(2, 9);
    for (hidden, scale) in [(HiddenLaw::Uniform, 1.0), (HiddenLaw::Sphere, 3.0)] {
        let network = sample(
            &InitialisationLaw::Balanced(Balanced { hidden, scale }),
            60,
            &data,
            0,
        );
        for (norm, a) in norms(&network).iter().zip(network.output_weights()) {
            assert_eq!(a.abs(), *norm);
        }
        assert!(network.output_weights().iter().any(|a| *a > 0.0));
        assert!(network.output_weights().iter().any(|a| *a < 0.0));
        // The rounding of a root and a square, of numbers near scale².
        let rounding = 4.0 * f64::EPSILON * scale * scale;
        assert!(network.balances().iter().all(|balance| balance.abs() < rounding));
    }
}

/// In PyTorch's own scaling α = a/√p is uniform on ±1/√p and ω = w/√p has entries uniform on ±1/√d. The
/// largest of N such numbers lies below 1 − 20/N of the end of its range with probability e⁻²⁰.
#[test]
fn pytorchs_default_has_its_ranges() {
    let (p, d) = (900, 16);
    let network = sample(&InitialisationLaw::PyTorch(PyTorch {}), p, &isotropic(1, d), 0);
    let width = (p as f64).sqrt() / (d as f64).sqrt();
    let largest = network
        .hidden_weights()
        .iter()
        .fold(0.0f64, |m, w| m.max(w.abs()));
    assert!(largest <= width && largest > width * (1.0 - 20.0 / (p * d) as f64));
    let largest = network
        .output_weights()
        .iter()
        .fold(0.0f64, |m, a| m.max(a.abs()));
    assert!(largest <= 1.0 && largest > 1.0 - 20.0 / p as f64);
    assert!(network.asymmetry_margin() < 0.0, "Assumption 1 fails");
}

#[test]
fn laws_refuse_parameters_out_of_range() {
    let asymmetric = |hidden_scale, margin| {
        InitialisationLaw::Asymmetric(Asymmetric {
            hidden_scale,
            margin: Margin::Constant(margin),
            ..Asymmetric::default()
        })
    };
    let balanced = InitialisationLaw::Balanced(Balanced {
        scale: f64::INFINITY,
        ..Balanced::default()
    });
    let group = InitialisationLaw::Group(GroupInitialisation {
        squared_norm: 0.0,
        ..GroupInitialisation::default()
    });
    for (law, message) in [
        (
            asymmetric(-1.0, 1.0),
            "hidden_scale: expected a positive number, found -1",
        ),
        (
            asymmetric(1.0, f64::NAN),
            "margin: expected a non-negative number, found NaN",
        ),
        (
            InitialisationLaw::Normal(Normal {
                hidden: 1.0,
                output: Some(0.0),
            }),
            "output: expected a positive number, found 0",
        ),
        (balanced, "scale: expected a positive number, found inf"),
        (group, "squared_norm: expected a positive number, found 0"),
    ] {
        assert_eq!(law.check().unwrap_err().to_string(), message);
    }
}

/// Normal: mean squares within five standard errors, √(2/count) of themselves; balanced where no output scale is given.
#[test]
fn normal_networks_have_their_standard_deviations() {
    let data = isotropic(1, 20);
    let draw = |output| {
        sample(
            &InitialisationLaw::Normal(Normal { hidden: 1e-3, output }),
            500,
            &data,
            0,
        )
    };
    let network = draw(Some(0.2));
    let within = |squares: Vec<f64>, expected: f64| {
        let error = 5.0 * (2.0 / squares.len() as f64).sqrt();
        assert!(
            (mean(&squares) / expected - 1.0).abs() < error,
            "{}",
            mean(&squares)
        );
    };
    within(network.hidden_weights().iter().map(|w| w * w).collect(), 1e-6);
    within(network.output_weights().iter().map(|a| a * a).collect(), 0.04);
    let network = draw(None);
    for (a, norm) in network.output_weights().iter().zip(norms(&network)) {
        assert!((a.abs() / norm - 1.0).abs() < 1e-15);
    }
    let positive = network.output_weights().iter().filter(|a| **a > 0.0).count() as f64;
    // Fair signs: five standard deviations of a binomial.
    assert!(
        (positive - 250.0).abs() < 5.0 * (500.0f64 * 0.25).sqrt(),
        "{positive}"
    );
}

/// Data and weights have streams of their own: to rotate the inputs leaves the weights as they were.
#[test]
fn rotating_the_inputs_leaves_the_weights() {
    let draw = |rotated| {
        let law = DataLaw::Orthogonal(Orthogonal {
            rotated,
            ..Orthogonal::default()
        });
        let data = law.sample(5, 7, &mut generator(0, Purpose::Data)).unwrap();
        sample(&covered(false), 4, &data, 0)
    };
    assert_eq!(draw(false), draw(true));
}

/// a² − ‖w‖² = δ and |a|‖w‖ = τ², to some ten roundings of the larger square; directions are uniform, so that their mean square is
/// 1/d in every coordinate with variance 2(d − 1)/(d²(d + 2)).
#[test]
fn tau_and_delta_are_the_scale_and_the_balance() {
    let (p, d) = (2000, 4);
    for (tau, delta) in [
        (1.0, 0.0),
        (0.1, 0.5),
        (0.1, -0.5),
        (2.0, 1e6),
        (3.0, -2.0),
        (1e-3, 1.0),
    ] {
        let law = InitialisationLaw::TauDelta(TauDelta {
            tau,
            delta,
            ..TauDelta::default()
        });
        let network = sample(&law, p, &isotropic(1, d), 0);
        // The formula as it is printed loses digits where delta is large: only to what it keeps.
        let ratio = delta / (tau * tau);
        let alpha = (((4.0 + ratio * ratio).sqrt() - ratio) / 2.0).sqrt();
        let mut first = 0.0;
        for (w, a) in network
            .hidden_weights()
            .rows()
            .into_iter()
            .zip(network.output_weights())
        {
            let square = w.dot(&w);
            let larger = square.max(a * a);
            assert!(
                (a * a - square - delta).abs() < 10.0 * f64::EPSILON * larger,
                "{tau}, {delta}"
            );
            assert!((a.abs() * square.sqrt() / (tau * tau) - 1.0).abs() < 10.0 * f64::EPSILON);
            if ratio < 1e3 {
                assert!(
                    (square.sqrt() / (tau * alpha) - 1.0).abs() < 1e-9,
                    "{tau}, {delta}"
                );
            }
            first += w[0] * w[0] / square / p as f64;
        }
        let variance = 2.0 * (d - 1) as f64 / (d * d * (d + 2)) as f64;
        assert!((first - 0.25).abs() < 5.0 * (variance / p as f64).sqrt());
        let positive = network.output_weights().iter().filter(|a| **a > 0.0).count() as f64;
        assert!((positive - 1000.0).abs() < 5.0 * 500.0f64.sqrt(), "{positive}");
    }
}
