//! Searches on curves that are known.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

const FALLS: Scale = Scale {
    logarithmic: true,
    whole: true,
    falls: true,
};

fn plan(precision: f64) -> Plan {
    Plan {
        scale: FALLS,
        target: 0.5,
        precision,
        level: 0.95,
        most_trials: 5000,
        batch: 8,
        range: (20.0, 400.0),
        limits: (5.0, 1600.0),
    }
}

/// Searches where `successes(at, draws)` says how a batch went, and counts the batches.
fn search(plan: Plan, mut successes: impl FnMut(f64, u64) -> u64) -> (Answer, usize) {
    let mut search = Search::new(plan);
    for batches in 0.. {
        match search.advance() {
            Step::Done(answer) => return (answer, batches),
            Step::Draw(places) => {
                assert!(!places.is_empty() && places.windows(2).all(|pair| pair[0].0 < pair[1].0));
                for (at, draws) in places {
                    search.enter(at, successes(at, draws), draws);
                }
            }
        }
    }
    unreachable!()
}

/// Draws from logit P = κ (log N − log n).
fn logistic(slope: f64, threshold: f64, seed: u64) -> impl FnMut(f64, u64) -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    move |at, draws| {
        let probability = 1.0 / (1.0 + (at / threshold).powf(slope));
        (0..draws)
            .filter(|_| random.random::<f64>() < probability)
            .count() as u64
    }
}

#[test]
fn intervals_cover_and_draws_are_few() {
    // One draw at the threshold tells κ²/4 of log N, so ±3 % at κ = 33 takes (1.96/0.99)² · 4 = 16 draws if the curve is
    // known. Finding it, not knowing κ and paying for stopping take four times that on average.
    let (mut covered, mut trials) = (0, 0);
    for seed in 0..150 {
        let (answer, _) = search(plan(0.03), logistic(33.0, 168.0, seed));
        assert_eq!(answer.end, End::Reached);
        assert!(answer.precision() <= 0.03);
        covered += u32::from(answer.estimate.covers(168.0));
        trials += answer.trials;
    }
    // 95 % are expected, 142; fewer than 135 have a probability of 1 %. Without the widening it would be 83 %, 125.
    assert!(covered >= 135, "{covered} of 150");
    assert!(trials < 150 * 5 * 16, "{} draws on average", trials / 150);
}

#[test]
fn a_curve_that_rises_is_the_mirror_of_one_that_falls() {
    let (fell, batches) = search(plan(0.1), logistic(7.0, 83.0, 1));
    // n ↦ 8000/n carries the range 20–400 to itself, and the limits 5–1600 too.
    let rising = Plan {
        scale: Scale {
            falls: false,
            whole: false,
            ..FALLS
        },
        ..plan(0.1)
    };
    let falling = Plan {
        scale: Scale {
            whole: false,
            ..FALLS
        },
        ..plan(0.1)
    };
    let step = |n: f64| n < 83.3;
    let (down, _) = search(falling, |at, draws| if step(at) { draws } else { 0 });
    let (up, _) = search(rising, |at, draws| if step(8000.0 / at) { draws } else { 0 });
    assert_eq!((down.trials, down.end), (up.trials, up.end));
    let mirrored = 8000.0 / up.estimate.value;
    assert!(
        (mirrored / down.estimate.value - 1.0).abs() < 1e-6,
        "{up:?} {down:?}"
    );
    assert!((8000.0 / up.estimate.high / down.estimate.low - 1.0).abs() < 1e-6);
    assert!(fell.estimate.covers(83.0) && batches > 3);
}

#[test]
fn the_range_grows_to_its_limits_and_says_when_the_threshold_is_beyond() {
    let (far, _) = search(plan(0.1), logistic(7.0, 1100.0, 3));
    assert_eq!(far.end, End::Reached);
    assert!(far.estimate.covers(1100.0), "{far:?}");
    let mut furthest = 0.0f64;
    let (above, _) = search(plan(0.1), |at, draws| {
        furthest = furthest.max(at);
        draws
    });
    assert_eq!((above.end, furthest), (End::Above, 1600.0));
    assert!(
        above.estimate.high == f64::INFINITY && above.trials < 200,
        "{above:?}"
    );
    let (below, _) = search(plan(0.1), |_, _| 0);
    assert_eq!(below.end, End::Below);
    // Within bounds that are asked for, nothing is drawn outside them.
    let bounded = Plan {
        range: (100.0, 200.0),
        limits: (100.0, 200.0),
        ..plan(0.1)
    };
    let (above, _) = search(bounded, |at, draws| {
        assert!((100.0..=200.0).contains(&at));
        draws
    });
    assert_eq!(above.end, End::Above);
}

#[test]
fn a_step_between_whole_numbers_is_said_to_be_one() {
    let (answer, _) = search(plan(0.01), |at, draws| if at <= 30.0 { draws } else { 0 });
    assert_eq!(answer.end, End::Step);
    assert!(answer.slope.is_infinite() && answer.trials < 200, "{answer:?}");
    // Seven draws of seven on either side leave the gap alone.
    let Estimate { low, high, .. } = answer.estimate;
    assert!(
        (29.9..=30.1).contains(&low) && (30.9..=31.1).contains(&high),
        "{answer:?}"
    );
    assert!(answer.precision() > 0.01);
}

#[test]
fn a_coin_that_does_not_care_uses_up_its_trials() {
    let few = Plan {
        most_trials: 300,
        ..plan(0.05)
    };
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let (answer, _) = search(few, |_, draws| {
        (0..draws).filter(|_| random.random::<bool>()).count() as u64
    });
    assert_eq!((answer.end, answer.trials), (End::OutOfTrials, 300));
    assert!(answer.precision() > 0.05, "{answer:?}");
}

#[test]
fn other_targets_are_found_where_the_curve_passes_them() {
    let target = Plan {
        target: 0.9,
        ..plan(0.05)
    };
    let (answer, _) = search(target, logistic(7.0, 100.0, 7));
    // P = 0.9 where (n/100)^7 = 1/9.
    let truth = 100.0 * 9f64.powf(-1.0 / 7.0);
    assert!(
        answer.end == End::Reached && answer.estimate.covers(truth),
        "{answer:?} {truth}"
    );
}

#[test]
fn a_fine_grid_of_many_places_needs_what_the_integral_says() {
    // Far and wide with spacing h on a linear axis a round tells κ²/(κh) = κ/h: an interval of half-width w takes
    // z² h/(κ w²) rounds.
    let linear = Plan {
        scale: Scale {
            logarithmic: false,
            ..FALLS
        },
        ..plan(0.03)
    };
    let answer = Answer {
        estimate: Estimate {
            value: 200.0,
            low: 194.0,
            high: 206.0,
        },
        slope: 0.1,
        trials: 1,
        end: End::Reached,
    };
    let grid: Vec<f64> = (0..=80).map(|k| 5.0 * f64::from(k)).collect();
    let needed = grid_trials(&linear, &answer, &grid).unwrap();
    let expected = 1.959964f64.powi(2) * 5.0 / (0.1 * 36.0) * 81.0;
    assert!((needed / expected - 1.0).abs() < 1e-3, "{needed} {expected}");
    let step = Answer {
        slope: f64::INFINITY,
        ..answer
    };
    assert_eq!(grid_trials(&linear, &step, &grid), None);
}
