//! The grid of times that steps end on: eight a decade.
//!
//! It does not depend on what is recorded, so that no record changes the path of a run; and the rows of the default record
//! fall on it, so that they cost nothing.

/// Times of the grid a decade.
pub(super) const PER_DECADE: u32 = 8;
/// Time of the first row of a record "per decade".
pub(super) const FIRST_MARK: f64 = 1e-2;

/// The time of mark k of `rows` a decade; mark 0 is at [`FIRST_MARK`].
pub(crate) fn mark(k: i32, rows: u32) -> f64 {
    FIRST_MARK * 10f64.powf(f64::from(k) / f64::from(rows))
}

/// Where a step from `time` that may be as long as `wanted` ends, at `last` at the latest.
///
/// Also whether that is a time of the grid, or `last`.
///
/// At the next time of the grid if it reaches so far; half-way there if it reaches half-way, so that no sliver is left.
/// From time 0, where the grid is dense, steps are free, or end at the last time of the grid within reach (`on_grid`).
pub(super) fn end_of_step(time: f64, wanted: f64, last: f64, on_grid: bool) -> (f64, bool) {
    let mut target = last;
    if on_grid && time == 0.0 && wanted >= FIRST_MARK && wanted < last {
        let k = (f64::from(PER_DECADE) * (wanted / FIRST_MARK).log10() + 1e-9).floor() as i32;
        return (mark(k, PER_DECADE), true);
    }
    if time > 0.0 {
        let place = f64::from(PER_DECADE) * (time / FIRST_MARK).log10();
        let mut k = place.floor() as i32;
        while mark(k, PER_DECADE) <= time * (1.0 + 1e-9) {
            k += 1;
        }
        target = target.min(mark(k, PER_DECADE));
    }
    let left = target - time;
    // A rounding less than the whole way is the whole way.
    if wanted >= left * (1.0 - 1e-6) {
        (target, true)
    } else if 2.0 * wanted > left {
        (time + 0.5 * left, false)
    } else {
        (time + wanted, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_land_on_the_grid_and_leave_no_sliver() {
        let (mut time, mut landed, mut shortest) = (1.0, 0, f64::INFINITY);
        while time < 100.0 {
            let (end, shown) = end_of_step(time, 0.1 * time, 100.0, false);
            shortest = f64::min(shortest, (end - time) / time);
            let k = (f64::from(PER_DECADE) * (end / FIRST_MARK).log10()).round() as i32;
            assert_eq!(shown, end == mark(k, PER_DECADE));
            landed += usize::from(shown);
            time = end;
        }
        assert_eq!((time, landed), (100.0, 16));
        assert!(shortest > 0.03, "{shortest}");
    }

    #[test]
    fn the_first_step_and_the_last_are_free_of_the_grid() {
        assert_eq!(end_of_step(0.0, 0.37, 5.0, false), (0.37, false));
        assert_eq!(end_of_step(4.9, 1.0, 5.0, false), (5.0, true));
        let (end, shown) = end_of_step(0.0, 0.37, 5.0, true);
        assert!(
            shown && end <= 0.37 && end > 0.37 / 10f64.powf(1.0 / 8.0),
            "{end}"
        );
        assert_eq!(
            end_of_step(0.0, f64::INFINITY, f64::INFINITY, false),
            (f64::INFINITY, true)
        );
    }
}
