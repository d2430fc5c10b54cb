//! Lists the sections of an experiment file with their keys, as the types that read them have them.

use reluflow::population::{PopulationStops, PopulationVerdict};
use reluflow::{
    DataLaw, InitialisationLaw, Method, Model, Record, Stops, Units, Verdict, data, initialisation,
};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::Word;
use super::clean::clean;
use crate::arrays::{DataFile, NetworkFile, Points};
use crate::experiment::spec::{self, FILE, POINTS, POPULATION, PopulationData};
use crate::experiment::sweep::keys::{Axes, Range, Whole};
use crate::experiment::test::Size;

/// A key of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What it takes: a JSON Schema, with its meaning as `description`, and as `default` what it is when left out.
    pub schema: Value,
}

impl Key {
    /// What it means.
    pub fn meaning(&self) -> &str {
        text(&self.schema, "description")
    }

    /// What it is when left out, if that is one value and not an empty list.
    pub fn default(&self) -> Option<&Value> {
        let nothing = |value: &&Value| value.as_array().is_some_and(Vec::is_empty);
        self.schema.get("default").filter(|value| !nothing(value))
    }

    /// Its other names.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        let names = self.schema.get("x-aliases").and_then(Value::as_array);
        names.into_iter().flatten().filter_map(Value::as_str)
    }
}

/// The keys that go together: those of a law, of a method, or of a section without either.
#[derive(Debug, Clone, PartialEq)]
pub struct Keys {
    /// The name of the law or method; empty without.
    pub name: String,
    /// What it is.
    pub meaning: String,
    /// The keys, in the order of their type.
    pub keys: Vec<Key>,
    /// Whether it also takes the section's [`common`](Section::common) keys.
    pub takes_common: bool,
}

/// A section of an experiment file.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub meaning: String,
    /// The key that chooses among the tables, `law` or `method`.
    pub tag: Option<&'static str>,
    /// The keys for which it stands when it is left out.
    pub left_out: Vec<(String, Value)>,
    /// The same where the data are a population, if that differs.
    pub left_out_of_population: Option<Vec<(String, Value)>>,
    /// The keys, by law or method.
    pub tables: Vec<Keys>,
    /// Keys that every law takes.
    pub common: Vec<Key>,
}

/// The keys for which a section stands when it is left out, of a file for examples or for a population.
fn left_out(section: &str, of_population: bool) -> Option<Vec<(String, Value)>> {
    let keys = spec::left_out(section, of_population)?.into_iter();
    Some(
        keys.filter_map(|(key, value)| Some((key, serde_json::to_value(value).ok()?)))
            .collect(),
    )
}

/// Every type that a section is read into; the first nine fields are the sections.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is a description")]
struct File {
    /// Which cells are run: the sizes n, d, p and other axes, and how often each is drawn.
    sweep: Whole,
    /// What is fitted: a law of data, or your own.
    data: DataLaw,
    /// The network at time 0: a law of weights, or your own.
    init: InitialisationLaw,
    /// What is trained, and on which loss.
    model: Model,
    /// How time passes.
    flow: Method,
    /// When a run ends: at whichever comes first. One of `time`, `tau`, `transitions`, `steps` and `evaluations` must be there.
    stop: Stops,
    /// What is written down, and when.
    record: Record,
    /// Examples that are not trained on. Without a law they are of the law of `[data]`, without noise and flips.
    test: Size,
    /// How weights, times and losses are written, in the file and in what is reported.
    units: Units,
    axes: Axes,
    range: Range,
    altered_data: data::Altered,
    population: PopulationData,
    data_file: DataFile,
    points: Points,
    altered_initialisation: initialisation::Altered,
    network_file: NetworkFile,
    population_stops: PopulationStops,
    verdict: Verdict,
    population_verdict: PopulationVerdict,
}

/// The types of a file as one schema, whose definitions all others refer to.
pub(super) struct Types {
    fields: Map<String, Value>,
    pub(super) definitions: Map<String, Value>,
}

impl Types {
    pub(super) fn read() -> Self {
        let root = SchemaSettings::draft07()
            .into_generator()
            .into_root_schema_for::<File>();
        let mut root = root.to_value();
        clean(&mut root);
        let mut take = |name: &str| match root.get_mut(name).map(Value::take) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        Self {
            fields: take("properties"),
            definitions: take("definitions"),
        }
    }

    fn meaning(&self, field: &str) -> String {
        text(&self.fields[field], "description").to_owned()
    }

    /// What a field refers to.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match reference(schema) {
            Some(name) => self
                .definitions
                .get(name)
                .map_or(schema, |schema| self.resolve(schema)),
            None => schema,
        }
    }

    fn type_of(&self, field: &str) -> &Value {
        self.resolve(&self.fields[field])
    }

    /// The keys of a type that is a table.
    fn keys(&self, field: &str) -> Vec<Key> {
        keys(self.type_of(field), "")
    }

    fn table(&self, name: &str, field: &str) -> Keys {
        Keys {
            name: name.to_owned(),
            meaning: text(self.type_of(field), "description").to_owned(),
            keys: self.keys(field),
            takes_common: false,
        }
    }

    /// The variants of a type that is told by a key.
    fn variants(&self, field: &str, tag: &str) -> Vec<Keys> {
        variants(self.type_of(field), tag)
    }

    fn plain_section(&self, name: &'static str) -> Section {
        Section {
            name,
            meaning: self.meaning(name),
            tag: None,
            left_out: left_out(name, false).unwrap_or_default(),
            left_out_of_population: left_out(name, true)
                .filter(|keys| Some(keys) != left_out(name, false).as_ref()),
            tables: vec![Keys {
                meaning: String::new(),
                ..self.table("", name)
            }],
            common: Vec::new(),
        }
    }

    fn tagged_section(&self, name: &'static str, tag: &'static str) -> Section {
        Section {
            tag: Some(tag),
            tables: self.variants(name, tag),
            ..self.plain_section(name)
        }
    }

    /// The variants of a verdict.
    pub(super) fn verdicts(&self, field: &str) -> Vec<Word> {
        let variants = self.variants(field, "kind").into_iter();
        let word = |Keys { name, meaning, .. }| Word { name, meaning };
        variants.map(word).collect()
    }

    /// The variants of a definition that are names.
    pub(super) fn names(&self, definition: &str) -> Vec<Word> {
        let forms = self
            .definitions
            .get(definition)
            .and_then(|found| found.get("oneOf"));
        let named = forms.and_then(Value::as_array).into_iter().flatten();
        named
            .map(|form| Word {
                name: text(form, "const").to_owned(),
                meaning: text(form, "description").to_owned(),
            })
            .collect()
    }

    /// The section that is read into a definition, if it has laws.
    pub(super) fn section_of(&self, definition: &str) -> Option<&str> {
        let sections = ["data", "init"];
        let of = |name: &&str| self.fields.get(*name).and_then(reference) == Some(definition);
        sections.into_iter().find(of)
    }

    /// The sections, in the order of a file.
    pub(super) fn sections(&self) -> Vec<Section> {
        let mut sweep = self.plain_section("sweep");
        sweep.tables[0].keys.splice(..0, self.keys("axes"));
        let mut data = self.tagged_section("data", "law");
        data.common = self.keys("altered_data");
        take_common(&mut data);
        for (name, field) in [
            (POPULATION, "population"),
            (POINTS, "points"),
            (FILE, "data_file"),
        ] {
            data.tables.push(self.table(name, field));
        }
        let mut init = self.tagged_section("init", "law");
        init.common = self.keys("altered_initialisation");
        take_common(&mut init);
        init.tables.push(self.table(FILE, "network_file"));
        let mut stop = self.plain_section("stop");
        stop.tables.push(self.table("", "population_stops"));
        vec![
            sweep,
            data,
            init,
            self.plain_section("model"),
            self.tagged_section("flow", "method"),
            stop,
            self.plain_section("record"),
            self.plain_section("test"),
            self.plain_section("units"),
        ]
    }
}

fn take_common(section: &mut Section) {
    for table in &mut section.tables {
        table.takes_common = true;
    }
}

/// The name of the definition that a schema refers to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    let whole = schema
        .get("allOf")
        .and_then(Value::as_array)
        .and_then(|all| all.first());
    let target = whole.unwrap_or(schema).get("$ref")?.as_str()?;
    target.strip_prefix("#/definitions/")
}

/// A text of a schema, empty where there is none.
pub(super) fn text<'a>(schema: &'a Value, word: &str) -> &'a str {
    schema.get(word).and_then(Value::as_str).unwrap_or_default()
}

/// The keys of a schema that is a table, but for one.
pub(super) fn keys(schema: &Value, tag: &str) -> Vec<Key> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let named = properties.into_iter().flatten().filter(|(name, _)| *name != tag);
    named
        .map(|(name, schema)| Key {
            name: name.clone(),
            schema: schema.clone(),
        })
        .collect()
}

/// The tables of a schema that are told apart by the value of a key; none if it is no such schema.
pub(super) fn variants(schema: &Value, tag: &str) -> Vec<Keys> {
    let forms = schema.get("oneOf").and_then(Value::as_array);
    let named = forms.into_iter().flatten().filter_map(|form| {
        let name = form.get("properties")?.get(tag)?.get("const")?.as_str()?;
        Some(Keys {
            name: name.to_owned(),
            meaning: text(form, "description").to_owned(),
            keys: keys(form, tag),
            takes_common: false,
        })
    });
    named.collect()
}
