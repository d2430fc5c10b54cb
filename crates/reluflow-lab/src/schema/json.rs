//! Writes the sections as one JSON Schema, so that an editor completes and checks experiment files.
//!
//! A section whose keys depend on a law has the keys of all of them, and for each law the names that it takes: so an editor completes before
//! the law is written, and says which key is wrong instead of that no law fits. It is draft 07, which editors of TOML know.

use serde_json::{Map, Value, json};

use super::axes;
use super::section::{Key, Keys, Section, Types, text, variants};

/// The key that tells the laws of a type apart.
const LAW: &str = "law";

/// The schema.
pub(super) fn schema(types: &Types) -> Value {
    let sections = types.sections();
    let mut properties = Map::new();
    for section in &sections {
        let schema = match section.name {
            "test" => test(section, &sections),
            _ => table(section),
        };
        properties.insert(section.name.to_owned(), schema);
    }
    let mut definitions = types.definitions.clone();
    for definition in definitions.values_mut() {
        let tables = variants(definition, LAW);
        if !tables.is_empty() {
            *definition = tagged(LAW, &tables, &[], None);
        } else if let Some(names) = as_names(definition) {
            *definition = names;
        }
    }
    axes::add(&mut properties, &mut definitions);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Experiment file of reluflow",
        "type": "object",
        "properties": properties,
        "required": ["sweep"],
        "additionalProperties": false,
    });
    let used = used(&schema, &definitions);
    definitions.retain(|name, _| used.contains(name));
    schema["definitions"] = Value::Object(definitions);
    schema
}

/// The schema of a section.
fn table(section: &Section) -> Value {
    let chosen = |(key, _): &&(String, Value)| section.tag == Some(key.as_str());
    let left_out = section.left_out.iter().find(chosen).map(|(_, value)| value);
    let mut schema = match section.tag {
        Some(tag) => tagged(tag, &section.tables, &section.common, left_out),
        None => json!({
            "type": "object",
            "properties": union(section.tables.iter().flat_map(|table| &table.keys)),
            "additionalProperties": false,
        }),
    };
    schema["description"] = json!(section.meaning);
    schema
}

/// The section that takes a law of `[data]` as well as its own keys.
fn test(section: &Section, sections: &[Section]) -> Value {
    let Some(data) = sections.iter().find(|other| other.name == "data") else {
        return table(section);
    };
    let like_data = |key: &Key| Key {
        name: key.name.clone(),
        schema: json!({ "$ref": format!("#/properties/data/properties/{}", key.name) }),
    };
    let own = &section.tables[0].keys;
    let laws = data.tables.iter().map(|law| Keys {
        keys: law
            .keys
            .iter()
            .map(like_data)
            .chain(own.iter().cloned())
            .collect(),
        ..law.clone()
    });
    table(&Section {
        tag: data.tag,
        tables: laws.collect(),
        common: data.common.iter().map(like_data).collect(),
        ..section.clone()
    })
}

/// A table whose other keys depend on one of them.
fn tagged(tag: &str, tables: &[Keys], common: &[Key], left_out: Option<&Value>) -> Value {
    let laws = tables
        .iter()
        .map(|table| (table.name.as_str(), table.meaning.as_str()));
    let mut name = names(laws);
    if let Some(left_out) = left_out {
        name["default"] = left_out.clone();
    }
    let mut properties = Map::from_iter([(tag.to_owned(), name)]);
    properties.extend(union(tables.iter().flat_map(|table| &table.keys).chain(common)));
    let any = properties.keys().map(|name| (name.clone(), json!({})));
    let any = json!({ "properties": Map::from_iter(any), "additionalProperties": false });
    let mut rules = vec![json!({ "if": { "required": [tag] }, "else": any })];
    for table in tables {
        let own = table
            .keys
            .iter()
            .chain(common.iter().filter(|_| table.takes_common));
        let mut own = union(own);
        own.insert(tag.to_owned(), json!({}));
        for (name, schema) in &mut own {
            // What all laws have alike is said above.
            if properties.get(name) == Some(schema) {
                *schema = json!({});
            }
        }
        rules.push(json!({
            "if": { "properties": { tag: { "const": table.name } }, "required": [tag] },
            "then": { "properties": own, "additionalProperties": false },
        }));
    }
    json!({
        "type": "object",
        "properties": properties,
        "allOf": rules,
    })
}

/// One of several names, with what they mean for the editors that show it.
fn names<'a>(words: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let (names, meanings): (Vec<&str>, Vec<&str>) = words.unzip();
    json!({ "type": "string", "enum": names, "x-taplo": { "docs": { "enumValues": meanings } } })
}

/// The same for a definition that is a choice of names; nothing for another.
fn as_names(definition: &Value) -> Option<Value> {
    let forms = definition.get("oneOf")?.as_array()?;
    let name = |form: &'_ Value| form.get("const").is_some();
    if !forms.iter().all(name) {
        return None;
    }
    let mut schema = names(
        forms
            .iter()
            .map(|form| (text(form, "const"), text(form, "description"))),
    );
    schema["description"] = json!(text(definition, "description"));
    Some(schema)
}

/// The keys of several tables; one that is not the same in all of them takes what any takes.
fn union<'a>(keys: impl Iterator<Item = &'a Key>) -> Map<String, Value> {
    let mut forms: Map<String, Value> = Map::new();
    for key in keys {
        let names = std::iter::once(key.name.as_str()).chain(key.aliases());
        for name in names {
            let forms = forms.entry(name).or_insert_with(|| json!([]));
            if let Value::Array(forms) = forms
                && !forms.contains(&key.schema)
            {
                forms.push(key.schema.clone());
            }
        }
    }
    let merged = forms.into_iter().map(|(name, forms)| match forms {
        Value::Array(mut forms) if forms.len() == 1 => (name, forms.remove(0)),
        forms => (name, json!({ "anyOf": forms })),
    });
    merged.collect()
}

/// The definitions that a schema needs, and those that they need.
fn used(schema: &Value, definitions: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                let target = map.get("$ref").and_then(Value::as_str);
                let path = target.and_then(|target| target.strip_prefix("#/definitions/"));
                let name = path.and_then(|path| path.split('/').next());
                if let Some((name, definition)) = name.and_then(|name| definitions.get_key_value(name))
                    && !found.contains(name)
                {
                    found.push(name.clone());
                    open.push(definition);
                }
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}
