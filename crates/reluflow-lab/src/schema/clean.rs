//! Takes out of a schema what a file has no use for: nulls, Rust's formats, keys that must be there.

use serde_json::{Map, Value};

use super::words::plain;

/// Keywords that say nothing to the writer of a file.
const NOISE: [&str; 3] = ["format", "title", "$schema"];
/// Keywords whose words are names.
const NAMED: [&str; 2] = ["properties", "definitions"];

/// Cleans a schema and everything in it.
///
/// A key that must be there may be an axis of the sweep instead, or come from the command line: so no key of a table must be. What
/// tells apart the forms of a value stays.
pub(super) fn clean(schema: &mut Value) {
    if let Value::Object(map) = schema {
        for word in NOISE {
            map.remove(word);
        }
        if let Some(Value::String(text)) = map.get_mut("description") {
            *text = plain(text);
        }
        if map.get("default").is_some_and(Value::is_null) {
            map.remove("default");
        }
        if let Some(default) = map.get_mut("default") {
            without_nulls(default);
        }
        if map
            .get("properties")
            .and_then(Value::as_object)
            .is_none_or(|keys| keys.len() != 1)
        {
            map.remove("required");
        }
        allow_no_null(map);
    }
    match schema {
        Value::Object(map) => {
            for (word, value) in map.iter_mut().filter(|(word, _)| *word != "default") {
                match value {
                    // Names of keys are no keywords.
                    Value::Object(named) if NAMED.contains(&word.as_str()) => {
                        named.values_mut().for_each(clean)
                    }
                    value => clean(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// A key that may be left out is never null: TOML has none.
fn allow_no_null(map: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = &types[..] {
            map["type"] = one.clone();
        }
    }
    let Some(Value::Array(forms)) = map.get_mut("anyOf") else {
        return;
    };
    forms.retain(|form| form.get("type").and_then(Value::as_str) != Some("null"));
    if forms.len() == 1 {
        // Beside a reference nothing else is read.
        let one = map.remove("anyOf");
        map.extend(one.map(|one| ("allOf".to_owned(), one)));
    }
}
