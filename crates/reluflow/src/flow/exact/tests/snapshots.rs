//! Twenty fixed draws: how many events and evaluations each takes. A change of either is a change of the method, to be explained.

use super::*;

/// Events and evaluations of draws 0 to 4 up to t = 40.
type Draws = [(u64, u64); 5];
/// (n, d, p), and what its draws take.
const SNAPSHOTS: [((usize, usize, usize), Draws); 4] = [
    (
        (10, 5, 8),
        [(50, 1632), (56, 1896), (75, 1974), (75, 2061), (48, 1619)],
    ),
    (
        (16, 8, 8),
        [(149, 3330), (83, 1855), (119, 2745), (93, 2064), (121, 3182)],
    ),
    (
        (20, 5, 10),
        [(128, 1885), (145, 3152), (175, 3357), (212, 4030), (137, 2849)],
    ),
    (
        (24, 12, 16),
        [(355, 4391), (313, 3925), (387, 4481), (328, 4493), (312, 3932)],
    ),
];
/// Another machine's roundings may end a step elsewhere: by this share evaluations may differ. Events do not.
const ROUNDING: f64 = 0.01;

#[test]
fn events_and_evaluations_of_twenty_draws() {
    for ((n, d, p), expected) in SNAPSHOTS {
        let found: Vec<(u64, u64)> = (0..5)
            .map(|index| {
                let (data, network) = draw(n, d, p, index);
                let counts = exact(&data, &network, until(40.0)).counts;
                (counts.events, counts.evaluations)
            })
            .collect();
        let same = expected.iter().zip(&found).all(|(expected, found)| {
            expected.0 == found.0
                && (found.1 as f64 - expected.1 as f64).abs() <= ROUNDING * expected.1 as f64
        });
        assert!(same, "({n}, {d}, {p}): expected {expected:?}, found {found:?}");
    }
}
