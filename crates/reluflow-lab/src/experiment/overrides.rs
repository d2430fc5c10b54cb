//! Sets values of the command line over those of a file.

use super::Override;
use super::bad_input::{BadInput, Place};
use super::document::{Node, Table};
use super::origin::Origin;

/// Sets one value of the command line over the tree's.
pub(super) fn apply(tree: &mut Table, setting: &Override) -> Result<(), BadInput> {
    let Override { flag, key, value } = setting;
    let keys = Table::parse_flag(flag, &format!("{key} = 0")).map_err(|_| {
        BadInput::new(
            Place::Flag(flag.clone()),
            "not a key",
            "a dotted key, such as sweep.n",
            key,
        )
    })?;
    let mut path = Vec::new();
    let mut table = Some(&keys);
    while let Some(entry) = table.and_then(|table| table.entries().first()) {
        path.push(entry.key.as_str());
        table = entry.node.as_table();
    }
    let parsed = Table::parse_flag(flag, &format!("{key} = {value}")).map_err(|bad| {
        bad.hint(format!(
            "strings need quotes within the shell's: --set {key}='\"{value}\"'"
        ))
    })?;
    let mut found: Option<(&Origin, &Node)> = None;
    let mut table = Some(&parsed);
    for key in &path {
        let entry = table.and_then(|table| table.entry(key));
        found = entry.map(|entry| (&entry.origin, &entry.node));
        table = entry.and_then(|entry| entry.node.as_table());
    }
    // A section that the file does not have is a new one, and is known by its own name in the flag.
    if let Some(section) = path.first().and_then(|key| parsed.entry(key))
        && tree.entry(&section.key).is_none()
    {
        tree.set(&path[..1], &section.origin, section.node.clone());
    } else if let Some((origin, node)) = found {
        tree.set(&path, origin, node.clone());
    }
    Ok(())
}

/// Says, of a key of a file that the law or method set over it does not know, how to replace the whole section.
pub(super) fn explain(bad: BadInput, settings: &[Override]) -> BadInput {
    let unknown = |section: &str| *bad.problem == *format!("[{section}] unknown key");
    let tags = [("flow", "method"), ("data", "law"), ("init", "law")];
    let set = tags.iter().find_map(|(section, tag)| {
        let key = format!("{section}.{tag}");
        let setting = settings.iter().rev().find(|setting| setting.key == key)?;
        unknown(section).then_some((section, tag, setting))
    });
    let of_a_law = ["data", "init"].into_iter().find(|section| unknown(section));
    let in_file = matches!(&bad.place, Place::Text(origin) if origin.is_file());
    match set {
        Some((section, tag, setting)) if in_file => {
            let value = &setting.value;
            let whole = match setting.flag.starts_with("--") {
                true => format!("--set '{section}={{{tag}={value}}}'"),
                false => format!("with_({section}={{\"{tag}\": {value}}})"),
            };
            let hint = format!(
                "the file's other keys of [{section}] are for another {tag}: {whole} replaces them all"
            );
            bad.hint(hint)
        }
        None if bad.hint.is_none() => match of_a_law {
            Some(section) if in_file => bad.hint(format!(
                "these are the keys of the law in force; `reluflow help file {section}` lists those of every law"
            )),
            Some(section) => bad.hint(format!(
                "these are the keys of the law in force; {section}.law chooses another"
            )),
            None => bad,
        },
        _ => bad,
    }
}
