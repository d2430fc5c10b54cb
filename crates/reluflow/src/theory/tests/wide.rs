//! Lemma 4 against wide random networks, and Proposition 3 against the flow.

use ndarray::array;

use crate::initialisation::{Asymmetric, HiddenLaw, Margin};
use crate::theory::lemma_4;
use crate::{Dataset, InitialisationLaw};

/// Three correlated inputs; w uniform on the sphere, |a| = 3/2, so E[a²] = 9/4 and s² = 1/d.
#[test]
fn the_limit_of_the_first_curvature_is_met() {
    let data = Dataset::new(
        array![[1.0, 0.2, 0.0], [0.5, -1.0, 0.3], [0.8, 0.8, -1.0]],
        array![1.0, -2.0, 1.5],
    )
    .unwrap();
    let law = InitialisationLaw::Asymmetric(Asymmetric {
        hidden: HiddenLaw::Sphere,
        margin: Margin::Constant(0.5),
        ..Asymmetric::default()
    });
    let moments = lemma_4::moments(&law, 3).unwrap();
    assert_eq!(moments.output, 2.25);
    let limit = lemma_4::limit(&data, moments);
    let wide = lemma_4::measure(&data, &law, 10_000, 40, 5).unwrap();
    let off = (wide.mean - limit) / wide.error();
    eprintln!("limit {limit:.6}, mean {:.6} ± {:.6}", wide.mean, wide.error());
    assert!(off.abs() < 3.0, "root seed 5: {off} standard errors");
    // √p times the deviation is the same at p = 100 and 1600 (200 draws each: 5 % error on each).
    let (a, b) = (
        lemma_4::measure(&data, &law, 100, 200, 5).unwrap().scaled(),
        lemma_4::measure(&data, &law, 1600, 200, 5).unwrap().scaled(),
    );
    assert!((a / b).ln().abs() < 0.25, "{a} {b}");
}

/// E‖N(0, I_d)‖ by Γ: d = 1: √(2/π), d = 2: √(π/2), d = 3: 2√(2/π).
#[test]
fn gaussian_moments_use_the_mean_norm() {
    let law = InitialisationLaw::Asymmetric(Asymmetric {
        hidden: HiddenLaw::Gaussian,
        margin: Margin::Constant(1.0),
        ..Asymmetric::default()
    });
    let two_over_pi = 2.0 / std::f64::consts::PI;
    for (d, norm) in [
        (1, two_over_pi.sqrt()),
        (2, (1.0 / two_over_pi).sqrt()),
        (3, 2.0 * two_over_pi.sqrt()),
    ] {
        let found = lemma_4::moments(&law, d).unwrap().output;
        assert!(
            (found - (2.0 + 2.0 * norm / (d as f64).sqrt())).abs() < 1e-12,
            "d = {d}"
        );
    }
}
