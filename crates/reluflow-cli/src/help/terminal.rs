//! Lays text out for a terminal.

use reluflow_lab::schema::Piece;

/// Letters a line where the terminal does not say, and at most.
const WIDEST: usize = 100;
/// Letters a line at least.
const NARROWEST: usize = 40;

/// Letters a line.
pub(super) fn width() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(WIDEST, |(_, columns)| {
        usize::from(columns).clamp(NARROWEST, WIDEST)
    })
}

/// Text in lines no longer than `width`, each after `indent` spaces.
pub(super) fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let margin = " ".repeat(indent);
    let mut out = String::new();
    for paragraph in text.lines() {
        let mut length = 0;
        for word in paragraph.split(' ') {
            let letters = word.chars().count();
            if length == 0 {
                out.push_str(&margin);
                length = indent;
            } else if length + 1 + letters > width {
                out.push('\n');
                out.push_str(&margin);
                length = indent;
            } else {
                out.push(' ');
                length += 1;
            }
            out.push_str(word);
            length += letters;
        }
        out.push('\n');
    }
    out
}

/// Names with what is said of each beside them, in two columns.
pub(super) fn two_columns(rows: &[(String, String)], indent: usize, width: usize) -> String {
    /// The widest name that has its text beside it; a wider one has it below.
    const NAME: usize = 32;
    let letters = |name: &String| name.chars().count();
    let column = rows
        .iter()
        .map(|(name, _)| letters(name))
        .filter(|wide| *wide <= NAME)
        .max();
    let start = indent + column.unwrap_or(0) + 2;
    let mut out = String::new();
    for (name, text) in rows {
        let text = wrapped(text, start, width);
        let beside = letters(name) + indent + 2 <= start;
        let first = format!("{}{name}", " ".repeat(indent));
        if text.is_empty() || !beside {
            out.push_str(&first);
            out.push('\n');
            out.push_str(&text);
        } else {
            let shown: usize = first.chars().count();
            out.push_str(&first);
            out.push_str(&" ".repeat(start - shown));
            out.push_str(text.trim_start_matches(' '));
        }
    }
    out
}

/// What a key takes, as words.
pub(super) fn words(pieces: &[Piece]) -> String {
    let word = |piece: &Piece| match piece {
        Piece::Words(words) | Piece::Literal(words) => words.clone(),
        Piece::Form(name) => format!("‹{name}›"),
        Piece::Section(name) => format!("a table like [{name}]"),
    };
    pieces.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked() {
        let text = wrapped("five words of some letters\nand a paragraph", 2, 14);
        assert_eq!(text, "  five words\n  of some\n  letters\n  and a\n  paragraph\n");
        let rows = [
            ("n".to_owned(), "a number of things".to_owned()),
            ("names".to_owned(), "x".to_owned()),
        ];
        assert_eq!(
            two_columns(&rows, 1, 18),
            " n      a number\n        of things\n names  x\n"
        );
    }
}
