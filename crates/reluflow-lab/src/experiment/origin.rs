//! Knows the stretch of a text that a key or value was read from.

use std::ops::Range;
use std::sync::Arc;

/// A text that values come from: an experiment file, or a flag.
#[derive(Debug, PartialEq)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) is_file: bool,
    pub(super) text: String,
}

/// The stretch of a text that a key or value was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    pub(super) source: Arc<Source>,
    pub(super) span: Range<usize>,
}

impl Origin {
    /// The whole of a flag, as the user typed it.
    pub fn flag(text: impl Into<String>) -> Self {
        let text = text.into();
        let span = 0..text.len();
        let source = Arc::new(Source {
            name: "command line".into(),
            is_file: false,
            text,
        });
        Self { source, span }
    }

    /// The name of the file or flag.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Whether the text is a file's.
    pub fn is_file(&self) -> bool {
        self.source.is_file
    }

    /// Length of the stretch in bytes.
    pub fn width(&self) -> usize {
        self.span.len()
    }

    /// Line number, column (both from 1) and the text of the line the stretch begins in.
    pub fn line(&self) -> (usize, usize, &str) {
        let text = &self.source.text;
        let start = self.span.start.min(text.len());
        let before = &text[..start];
        let begin = before.rfind('\n').map_or(0, |i| i + 1);
        let line = text[begin..].lines().next().unwrap_or("");
        (before.matches('\n').count() + 1, start - begin + 1, line)
    }

    /// The text of the stretch.
    pub fn text(&self) -> &str {
        self.source.text.get(self.span.clone()).unwrap_or("")
    }
}
