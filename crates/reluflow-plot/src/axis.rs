//! Maps data to the page along one axis, and chooses its ticks.

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By their logarithm; values that are not positive are left out.
    Log,
}

/// An axis to be drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// Its label, in the markup of [`crate::Label`].
    pub label: String,
    /// How values are spread.
    pub scale: Scale,
    /// From where to where; found from the data when not given.
    pub range: Option<(f64, f64)>,
    /// The only values to be labelled, if given.
    pub marks: Vec<f64>,
    /// Whether to leave all ticks out.
    pub bare: bool,
}

impl Axis {
    /// A linear axis.
    pub fn linear(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            ..Self::default()
        }
    }

    /// A logarithmic axis.
    pub fn log(label: &str) -> Self {
        Self {
            scale: Scale::Log,
            ..Self::linear(label)
        }
    }

    /// The axis over a given range.
    #[must_use]
    pub fn over(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// The axis without ticks.
    #[must_use]
    pub fn without_ticks(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Labelled ticks, about `most`, and minor ones.
    pub(super) fn ticks(&self, resolved: &Resolved, most: usize) -> (Vec<(f64, String)>, Vec<f64>) {
        if self.bare {
            return (Vec::new(), Vec::new());
        }
        if self.marks.is_empty() {
            return resolved.ticks(most);
        }
        let sparse = self.marks.len().div_ceil(2 * most.max(2));
        let label = |value: &f64| (*value, short(*value));
        (self.marks.iter().step_by(sparse).map(label).collect(), Vec::new())
    }

    /// Fits the axis to values: its own range if given, else the values' with a margin of 4 %.
    pub(super) fn resolve(&self, values: impl Iterator<Item = f64>) -> Resolved {
        let usable = |value: &f64| value.is_finite() && (self.scale == Scale::Linear || *value > 0.0);
        let (mut low, mut high) = values
            .filter(usable)
            .map(|value| self.scale.forward(value))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let margin = if high > low {
            0.04 * (high - low)
        } else {
            0.5 * low.abs().max(0.1)
        };
        (low, high) = (low - margin, high + margin);
        if let Some((from, to)) = self.range {
            (low, high) = (self.scale.forward(from), self.scale.forward(to));
        }
        Resolved {
            scale: self.scale,
            low,
            high,
        }
    }
}

impl Scale {
    fn forward(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.log10(),
        }
    }
}

/// An axis with its range, in forward units (log₁₀ on a logarithmic one).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Resolved {
    scale: Scale,
    low: f64,
    high: f64,
}

impl Resolved {
    /// The axis about its middle, so long that a unit is as long as on another axis; lengths are those on the page.
    pub(super) fn as_wide(&self, length: f64, other: &Self, other_length: f64) -> Self {
        let middle = 0.5 * (self.low + self.high);
        let half = 0.5 * (other.high - other.low) * length / other_length;
        Self {
            low: middle - half,
            high: middle + half,
            ..*self
        }
    }

    /// Where a value lies: 0 at the lower end, 1 at the upper, held within a little of that. `None` if it has
    /// no place.
    pub(super) fn share(&self, value: f64) -> Option<f64> {
        let place = (self.scale.forward(value) - self.low) / (self.high - self.low);
        (!place.is_nan()).then(|| place.clamp(-0.5, 1.5))
    }

    /// Whether a value lies within the axis.
    pub(super) fn contains(&self, value: f64) -> bool {
        let place = self.scale.forward(value);
        (self.low..=self.high).contains(&place)
    }

    /// Whether no axis of this scale reaches a value.
    pub(super) fn is_infinite(&self, value: f64) -> bool {
        self.scale.forward(value).is_infinite()
    }

    /// Values with labels, and minor values without.
    pub(super) fn ticks(&self, most: usize) -> (Vec<(f64, String)>, Vec<f64>) {
        match self.scale {
            Scale::Linear => (linear_ticks(self.low, self.high, most), Vec::new()),
            Scale::Log if self.high - self.low < 1.0 => {
                let ticks = linear_ticks(10f64.powf(self.low), 10f64.powf(self.high), most);
                (
                    ticks.into_iter().filter(|tick| tick.0 > 0.0).collect(),
                    Vec::new(),
                )
            }
            Scale::Log => self.decades(most),
        }
    }

    fn decades(&self, most: usize) -> (Vec<(f64, String)>, Vec<f64>) {
        let (first, last) = (self.low.ceil() as i32, self.high.floor() as i32);
        let step = ((last - first + 1) as usize).div_ceil(most.max(2)).max(1) as i32;
        // Multiples of the step, 1 among them, unless another start leaves room for one label more.
        let count = |start: i32| {
            (first..=last)
                .filter(|e| (e - start).rem_euclid(step) == 0)
                .count()
        };
        let start = (0..step).fold(
            0,
            |best, start| if count(start) > count(best) { start } else { best },
        );
        let mut labelled: Vec<(f64, String)> = (first..=last)
            .filter(|exponent| (exponent - start).rem_euclid(step) == 0)
            .map(|exponent| (10f64.powi(exponent), power_of_ten(exponent)))
            .collect();
        let within = |value: &f64| self.contains(*value);
        let multiples = |k: &[u32]| -> Vec<f64> {
            (first - 1..=last)
                .flat_map(|exponent| k.iter().map(move |k| f64::from(*k) * 10f64.powi(exponent)))
                .filter(within)
                .collect()
        };
        if labelled.len() < 2 && step == 1 {
            // Next to 200 and 500 stands 1000, not 10³.
            labelled = multiples(&[1, 2, 5])
                .into_iter()
                .map(|value| (value, decimal(value, value)))
                .collect();
        }
        let minor = if step == 1 && last - first < 9 {
            multiples(&[2, 3, 4, 5, 6, 7, 8, 9])
        } else {
            Vec::new()
        };
        (labelled, minor)
    }
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn linear_ticks(low: f64, high: f64, most: usize) -> Vec<(f64, String)> {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) {
        return Vec::new();
    }
    let power = 10f64.powf((span / most.max(2) as f64).log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0]
        .into_iter()
        .map(|k| k * power)
        .find(|step| span / step <= most as f64 + 0.01)
        .unwrap_or(span);
    let slack = 1e-9 * span;
    let first = ((low - slack) / step).ceil() as i64;
    let last = ((high + slack) / step).floor() as i64;
    (first..=last)
        .map(|k| k as f64 * step)
        .map(|value| (value, decimal(value, step)))
        .collect()
}

/// A value to the decimals that a step needs.
fn decimal(value: f64, step: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = step.abs().log10().floor();
    if value.abs() >= 1e6 || value.abs() < 1e-4 {
        let power = value.abs().log10().floor() as i32;
        let mantissa = value / 10f64.powi(power);
        let digits = format!("{mantissa:.1}");
        let digits = digits.trim_end_matches(".0").replace('-', "−");
        return format!("{digits}·{}", power_of_ten(power));
    }
    let needed = |places: usize| ((step * 10f64.powi(places as i32)).fract() - 0.5).abs() > 0.499_999;
    let mut places = (-exponent).max(0.0) as usize;
    if !needed(places) {
        places += 1;
    }
    format!("{value:.places$}").replace('-', "−")
}

/// A value to three significant digits, without zeros at its end.
pub fn short(value: f64) -> String {
    let fixed = three_digits(value);
    match fixed.split_once('.') {
        Some((_, digits)) if digits.chars().all(|c| c.is_ascii_digit()) => {
            fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => fixed,
    }
}

/// A value to three significant digits, zeros among them: numbers beside each other are equally long.
pub fn three_digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    let power = if rounded == 0.0 {
        0.0
    } else {
        rounded.abs().log10().floor()
    };
    decimal(rounded, 10f64.powf(power - 2.0))
}

/// 10 to a power, in markup.
pub fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        _ => format!("10^{{{exponent}}}").replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, values: [f64; 2]) -> Vec<String> {
        axis.resolve(values.into_iter())
            .ticks(6)
            .0
            .into_iter()
            .map(|tick| tick.1)
            .collect()
    }

    #[test]
    fn ticks_are_round_numbers_inside_the_axis() {
        assert_eq!(
            labels(&Axis::linear("").over(0.0, 1.0), [0.0; 2]),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(&Axis::linear("").over(1300.0, 2100.0), [0.0; 2]),
            ["1400", "1600", "1800", "2000"]
        );
        assert_eq!(
            labels(&Axis::log("").over(1e-3, 1.0), [0.0; 2]),
            ["10^{−3}", "10^{−2}", "10^{−1}", "1"]
        );
        assert_eq!(
            labels(&Axis::log("").over(180.0, 5000.0), [0.0; 2]),
            ["200", "500", "1000", "2000", "5000"]
        );
        assert_eq!(
            labels(&Axis::log("").over(1000.0, 2000.0), [0.0; 2]),
            ["1000", "1200", "1400", "1600", "1800", "2000"]
        );
    }

    #[test]
    fn a_narrow_axis_has_no_more_labels_than_there_is_room_for() {
        for low in -9..3 {
            for decades in 2..14 {
                let axis = Axis::log("").over(10f64.powi(low), 10f64.powi(low + decades));
                for most in 2..8 {
                    let (labelled, _) = axis.resolve([1.0; 2].into_iter()).ticks(most);
                    assert!(
                        (2..=most).contains(&labelled.len()),
                        "{low} {decades} {most}: {labelled:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn short_numbers_keep_three_digits() {
        let shown = [0.0316228, 240.0, 0.999_999_9, 1234.5, 2.5, -0.05, 3.0e-7].map(short);
        assert_eq!(shown, ["0.0316", "240", "1", "1230", "2.5", "−0.05", "3·10^{−7}"]);
    }

    #[test]
    fn a_single_value_and_no_value_still_make_an_axis() {
        for values in [[5.0, 5.0], [f64::NAN, f64::NAN], [0.0, 0.0]] {
            for axis in [Axis::linear("x"), Axis::log("x")] {
                assert!(!labels(&axis, values).is_empty(), "{axis:?} {values:?}");
            }
        }
    }
}
