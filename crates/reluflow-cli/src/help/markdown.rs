//! Writes the reference of experiment files as Markdown.

use reluflow_lab::schema::{Form, Key, Piece, Reference, written};

use super::file::without;

/// A text in a cell or a paragraph.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|").replace('*', "\\*")
}

/// A table's head and rows.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = format!("|{}\n", " --- |".repeat(head.len()));
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("\n{}{rule}{rows}", line(&head))
}

/// Every section with its keys, then the forms of values.
pub(super) fn file(reference: &Reference) -> String {
    let mut out = String::new();
    let mut mentioned: Vec<&Key> = Vec::new();
    for section in &reference.sections {
        out.push_str(&format!(
            "\n## [{}]\n\n{}\n",
            section.name,
            escaped(&section.meaning)
        ));
        if let Some(tag) = section.tag {
            out.push_str(&format!("\n`{tag} = \"…\"` chooses what the other keys are.\n"));
        }
        if let Some(without) = without(section, "`") {
            out.push_str(&format!("\n{without}\n"));
        }
        if !section.common.is_empty() {
            out.push_str("\nKeys that every law takes:\n");
            out.push_str(&keys(reference, &section.common));
        }
        mentioned.extend(&section.common);
        for table in &section.tables {
            if let Some(tag) = section.tag {
                out.push_str(&format!("\n### {tag} = \"{}\"\n", table.name));
            }
            if !table.meaning.is_empty() {
                out.push_str(&format!("\n{}\n", escaped(&table.meaning)));
            }
            if !table.keys.is_empty() {
                out.push_str(&keys(reference, &table.keys));
            }
            mentioned.extend(&table.keys);
        }
    }
    out.push_str("\n## Forms of values\n");
    for form in reference.forms(mentioned.into_iter()) {
        out.push_str(&self::form(reference, &form));
    }
    out.trim_start().to_owned()
}

fn form(reference: &Reference, form: &Form) -> String {
    let mut out = format!("\n### {}\n\n{}\n", form.name, escaped(&form.meaning));
    let rows: Vec<Vec<String>> = form
        .ways
        .iter()
        .map(|way| {
            vec![
                format!("`{}`", way.written),
                cell(&way.takes),
                escaped(&way.meaning),
            ]
        })
        .collect();
    if form.ways.iter().any(|way| !way.takes.is_empty()) {
        out.push_str(&table(&["written", "… is", "meaning"], &rows));
    } else if !rows.is_empty() {
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| vec![row[0].clone(), row[2].clone()])
            .collect();
        out.push_str(&table(&["written", "meaning"], &rows));
    }
    for law in &form.tables {
        if !law.name.is_empty() {
            out.push_str(&format!(
                "\n`law = \"{}\"`: {}\n",
                law.name,
                escaped(&law.meaning)
            ));
        }
        if !law.keys.is_empty() {
            out.push_str(&keys(reference, &law.keys));
        }
    }
    out
}

fn keys(reference: &Reference, keys: &[Key]) -> String {
    let row = |key: &Key| {
        let names: Vec<String> = std::iter::once(key.name.as_str())
            .chain(key.aliases())
            .map(|name| format!("`{name}`"))
            .collect();
        let default = key
            .default()
            .map_or_else(String::new, |value| format!("`{}`", written(value)));
        vec![
            names.join(", "),
            cell(&reference.takes(key)),
            default,
            escaped(key.meaning()),
        ]
    };
    let rows: Vec<Vec<String>> = keys.iter().map(row).collect();
    table(&["key", "takes", "left out", "meaning"], &rows)
}

/// What a key takes, with a link to each form.
fn cell(pieces: &[Piece]) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Words(words) => words.clone(),
        Piece::Literal(literal) => format!("`{literal}`"),
        Piece::Form(name) => format!("[{name}](#{})", name.replace(' ', "-")),
        Piece::Section(name) => format!("a table like [[{name}]](#{name})"),
    };
    pieces.iter().map(text).collect()
}
