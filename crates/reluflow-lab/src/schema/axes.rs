//! Adds the keys of all sections to the schema of the sweep, where they may be axes.

use serde_json::{Map, Value, json};

/// Keys of the sweep that `[[sweep.also]]` does not take.
const WHOLE: [&str; 2] = ["draws", "seed"];

/// Adds to the sweep every key of the other sections: `"init.scale" = [0.1, 1]`, or without quotes; and `also`. Of paths that go deeper,
/// `"model.rates.output"`, only the section is checked.
pub(super) fn add(sections: &mut Map<String, Value>, definitions: &mut Map<String, Value>) {
    let names: Vec<String> = sections.keys().filter(|name| *name != "sweep").cloned().collect();
    let mut axes = Map::new();
    for section in &names {
        let keys = sections[section].get("properties").and_then(Value::as_object);
        let values: Map<String, Value> = keys
            .into_iter()
            .flatten()
            .map(|(key, schema)| (key.clone(), axis(section, key, schema)))
            .collect();
        let here = format!("AxesOf{section}");
        for key in values.keys() {
            let values = json!({ "$ref": format!("#/definitions/{here}/properties/{key}") });
            axes.insert(format!("{section}.{key}"), values);
        }
        let meaning = format!("Keys of [{section}] as axes.");
        let table = json!({ "type": "object", "description": meaning, "properties": values });
        definitions.insert(here.clone(), table);
        axes.insert(
            section.clone(),
            json!({ "$ref": format!("#/definitions/{here}") }),
        );
    }
    let deeper = json!({ format!(r"^({})\.[^.]+\.", names.join("|")): {} });
    let sweep = &mut sections["sweep"];
    sweep["patternProperties"] = deeper;
    if let Value::Object(keys) = &mut sweep["properties"] {
        keys.extend(axes);
    }
    let mut also = sweep.clone();
    also["description"] = json!("Further cells of the same axes.");
    if let Value::Object(keys) = &mut also["properties"] {
        keys.retain(|key, _| !WHOLE.contains(&key.as_str()));
    }
    definitions.insert("Also".into(), also);
    sweep["properties"]["also"] = json!({
        "type": "array",
        "items": { "$ref": "#/definitions/Also" },
        "description": "[[sweep.also]]: further cells of the same axes.",
    });
}

/// The values of a key as an axis: one, a list of them, or a range.
fn axis(section: &str, key: &str, schema: &Value) -> Value {
    let one = json!({ "$ref": format!("#/properties/{section}/properties/{key}") });
    let mut axis = json!({ "anyOf": [
        { "type": "array", "items": one, "minItems": 1 },
        one,
        { "$ref": "#/definitions/Range" },
    ] });
    if let Some(meaning) = schema.get("description") {
        axis["description"] = meaning.clone();
    }
    axis
}
