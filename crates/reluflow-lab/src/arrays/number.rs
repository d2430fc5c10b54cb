//! Tells numbers, gaps and words apart in the fields of a text.

/// What a field of a text holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Field {
    Number(f64),
    /// Nothing, or a word for nothing.
    Gap,
    /// A number but for a comma where its point should be.
    Comma,
    Text,
}

/// Words that stand for a value that is not there.
const GAPS: [&str; 10] = ["", "na", "n/a", "nan", "-nan", "null", "none", "?", ".", "<na>"];

impl Field {
    /// Reads a field whose decimals are marked by `point`.
    pub(super) fn read(field: &str, point: char) -> Self {
        let field = field.trim();
        if let Some(number) = number(field, point) {
            return Self::Number(number);
        }
        match field.to_ascii_lowercase().as_str() {
            word if GAPS.contains(&word) => Self::Gap,
            "true" => Self::Number(1.0),
            "false" => Self::Number(0.0),
            _ if point != ',' && number(field, ',').is_some() => Self::Comma,
            _ => Self::Text,
        }
    }

    /// Whether it is, or would be but for its comma, a number.
    pub(super) fn is_numeric(self) -> bool {
        matches!(self, Self::Number(_) | Self::Comma)
    }
}

/// A number of digits, point, exponent and sign; also the words for infinity.
fn number(field: &str, point: char) -> Option<f64> {
    let bare = field.trim_start_matches(['+', '-']);
    let digits = bare.starts_with(|c: char| c.is_ascii_digit() || c == point);
    let infinite = matches!(bare.to_ascii_lowercase().as_str(), "inf" | "infinity");
    if !(digits || infinite) {
        return None;
    }
    match point {
        '.' => field.parse().ok(),
        // With a comma for the point, a point is a stranger.
        _ if field.contains('.') => None,
        _ => field.replacen(point, ".", 1).parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_apart() {
        let cases = [
            ("1.5", Field::Number(1.5)),
            (" -2e3 ", Field::Number(-2000.0)),
            ("+.5", Field::Number(0.5)),
            ("True", Field::Number(1.0)),
            ("-inf", Field::Number(f64::NEG_INFINITY)),
            ("", Field::Gap),
            ("NaN", Field::Gap),
            ("NA", Field::Gap),
            ("1,5", Field::Comma),
            ("1,234.5", Field::Text),
            ("1.234,5", Field::Text),
            ("1,2,3", Field::Text),
            ("setosa", Field::Text),
            ("infinite", Field::Text),
            ("2020-01-01", Field::Text),
            ("5%", Field::Text),
        ];
        for (text, expected) in cases {
            assert_eq!(Field::read(text, '.'), expected, "{text}");
        }
        assert_eq!(Field::read("1,5", ','), Field::Number(1.5));
        assert_eq!(Field::read("-3", ','), Field::Number(-3.0));
        assert_eq!(Field::read("1.5", ','), Field::Text);
    }
}
