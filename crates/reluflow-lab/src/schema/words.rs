//! Turns doc comments into the words of a reference.

/// The sentences of a doc comment, one paragraph a line: without wrapped lines, links, and what follows a table, a list, a heading or code.
pub(super) fn plain(doc: &str) -> String {
    let paragraphs = doc.split("\n\n").map(str::trim);
    let sentences = paragraphs.take_while(|text| {
        !["```", "| ", "# ", "- "]
            .iter()
            .any(|mark| text.starts_with(mark))
    });
    let lines: Vec<String> = sentences
        .map(|text| without_links(&text.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect();
    lines.join("\n")
}

/// The text with `[words](target)` and ``[`Name`]`` as words alone, and brackets that are escaped as brackets.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let escaped = rest[..at].ends_with('\\');
        let link = (!escaped)
            .then(|| rest[at + 1..].find(']'))
            .flatten()
            .map(|end| (&rest[at + 1..at + 1 + end], &rest[at + 2 + end..]))
            .and_then(|(words, after)| {
                let target = after.strip_prefix('(').and_then(|inside| inside.split_once(')'));
                match target {
                    Some((_, after)) => Some((words, after)),
                    None => (words.starts_with('`') && words.ends_with('`')).then_some((words, after)),
                }
            });
        match link {
            Some((words, after)) => {
                out.push_str(&rest[..at]);
                out.push_str(words);
                rest = after;
            }
            None => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out.replace("\\[", "[").replace("\\]", "]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doc_comment_becomes_sentences() {
        let doc = "Wrapped\nwords of [`Name`], see [there](crate::there).\n\nIn a file [data] and y \\[0, 1\\], [1, 2].\n\n| a | b |\n\nno more";
        assert_eq!(
            plain(doc),
            "Wrapped words of `Name`, see there.\nIn a file [data] and y [0, 1], [1, 2]."
        );
        assert_eq!(plain("A law.\n\n```\nlet code;\n\n```\n"), "A law.");
        assert_eq!(plain("|u| is no table."), "|u| is no table.");
    }
}
