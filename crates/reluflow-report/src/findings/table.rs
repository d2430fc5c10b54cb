//! Holds the summary tables of a finding as text, and writes them as comma-separated values.

use reluflow_lab::threshold::four_digits;
use reluflow_statistics::Estimate;

/// A table of a name: a header, and rows of as many entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The stem of its file.
    pub name: String,
    /// The header.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows; the header's words are its columns.
    pub fn new(name: &str, header: &str) -> Self {
        Self {
            name: name.to_owned(),
            header: header.split_whitespace().map(str::to_owned).collect(),
            rows: Vec::new(),
        }
    }

    /// Comma-separated values with a header; entries with commas or quotes are quoted.
    ///
    /// ```
    /// let mut table = reluflow_report::findings::Table::new("sizes", "d words");
    /// table.rows.push(vec!["10".into(), "one, two".into()]);
    /// assert_eq!(table.csv(), "d,words\n10,\"one, two\"\n");
    /// ```
    pub fn csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut lines = std::iter::once(&self.header).chain(&self.rows);
        // Memory takes everything, and what was text is text.
        let written = lines.try_for_each(|line| writer.write_record(line));
        let bytes = written.ok().and_then(|()| writer.into_inner().ok());
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }
}

/// Value and ends of an interval as three entries with four digits; an end that the data do not bound is `inf`.
pub(super) fn entries(estimate: &Estimate) -> [String; 3] {
    [estimate.value, estimate.low, estimate.high].map(entry)
}

/// A number with four digits, `inf` or nothing.
pub(super) fn entry(value: f64) -> String {
    match value {
        value if value.is_nan() => String::new(),
        value if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_owned(),
        0.0 => "0".to_owned(),
        value => four_digits(value),
    }
}

/// `1.23 [1.01, 1.45]`: two digits after the point, more where the interval is narrower than 0.01, none from 20 on.
pub(super) fn words(estimate: &Estimate) -> String {
    let width = estimate.high - estimate.low;
    let digits = if width > 0.0 && width.is_finite() {
        (-width.log10()).ceil().clamp(2.0, 12.0) as usize
    } else {
        2
    };
    let word = |value: f64| {
        let text = match value {
            value if value.is_infinite() => "∞".to_owned(),
            value => format!("{:.*}", if value.abs() < 20.0 { digits } else { 0 }, value.abs()),
        };
        format!("{}{text}", if value < 0.0 { "−" } else { "" })
    };
    format!(
        "{} [{}, {}]",
        word(estimate.value),
        word(estimate.low),
        word(estimate.high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_four_digits_and_gaps_as_nothing() {
        let estimate = Estimate {
            value: 0.123456,
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
        };
        assert_eq!(entries(&estimate), ["1.235e-1", "-inf", "inf"]);
        assert_eq!(entry(f64::NAN), "");
        assert_eq!(entry(0.0), "0");
        let estimate = Estimate {
            value: -0.5,
            low: -1.25,
            high: 480.4,
        };
        assert_eq!(words(&estimate), "−0.50 [−1.25, 480]");
        let narrow = Estimate {
            value: 4.793e-3,
            low: 4.625e-3,
            high: 5.014e-3,
        };
        assert_eq!(words(&narrow), "0.0048 [0.0046, 0.0050]");
    }
}
