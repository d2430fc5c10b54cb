//! Reads the sections of an experiment file, one function each, and refuses with key and line.

use serde::de::DeserializeOwned;

use reluflow::observe::Observable;
use reluflow::population::{self, PopulationStops};
use reluflow::{DataLaw, InitialisationLaw, Method, Model, Record, Stops, Units};

use super::{FILE, POINTS, POPULATION, PopulationData, file_law, memory_key, without_law};
use crate::arrays::{DataFile, NetworkFile, Points};
use crate::experiment::Place;
use crate::experiment::bad_input::BadInput;
use crate::experiment::complaint::{Complaint, read_section};
use crate::experiment::document::{Entry, Table};
use crate::experiment::remembered::{Kept, Memory};
use crate::experiment::source::{DataSource, NetworkSource};
use crate::experiment::test::{Size, TestSource};

fn plain<T: DeserializeOwned>(table: &Table) -> Result<T, Complaint> {
    Ok(toml::Value::Table(table.to_toml()).try_into()?)
}

pub(super) fn data(table: &Table, memory: &Memory) -> Result<DataSource, Complaint> {
    if let Some(rest) = without_law(table, POPULATION) {
        return Ok(DataSource::Population(plain::<PopulationData>(&rest)?.teacher));
    }
    if let Some(rest) = without_law(table, POINTS) {
        return Ok(DataSource::File(Kept::read(plain::<Points>(&rest)?.dataset()?)));
    }
    match file_law(table) {
        Some(rest) => {
            let file = plain::<DataFile>(&rest)?;
            Ok(DataSource::File(match memory.get(&memory_key(&rest)) {
                Some(known) => Kept::remembered(known.clone(), Box::new(move || file.read())),
                None => Kept::read(file.read()?),
            }))
        }
        None => {
            let law = plain::<DataLaw>(table).map_err(|complaint| {
                let complaint = complaint
                    .also_known(table, FILE)
                    .also_known(table, POINTS)
                    .also_known(table, POPULATION);
                complaint.also_keys(table, &reluflow::data::Altered::KEYS)
            })?;
            Ok(DataSource::Law(law))
        }
    }
}

fn initialisation(table: &Table, memory: &Memory) -> Result<NetworkSource, Complaint> {
    match file_law(table) {
        Some(rest) => {
            let file = plain::<NetworkFile>(&rest)?;
            Ok(NetworkSource::File(match memory.get(&memory_key(&rest)) {
                Some(known) => Kept::remembered(known.clone(), Box::new(move || file.read())),
                None => Kept::read(file.read()?),
            }))
        }
        None => {
            let law = plain::<InitialisationLaw>(table).map_err(|complaint| {
                let complaint = complaint.also_known(table, FILE);
                complaint.also_keys(table, &reluflow::initialisation::Altered::KEYS)
            })?;
            law.check()?;
            Ok(NetworkSource::Law(law))
        }
    }
}

pub(super) fn read_data(tree: &Table, memory: &Memory) -> Result<DataSource, BadInput> {
    read_section("data", section(tree, "data")?, "law", None, |table| {
        data(table, memory)
    })
}

pub(super) fn read_initialisation(tree: &Table, memory: &Memory) -> Result<NetworkSource, BadInput> {
    read_section("init", section(tree, "init")?, "law", None, |table| {
        initialisation(table, memory)
    })
}

/// What the trials of a spec are about: examples, or a population. The other sections are read, and refused, accordingly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Examples,
    Population,
}

impl Kind {
    pub(super) fn of(data: &DataSource) -> Self {
        match data {
            DataSource::Population(_) => Self::Population,
            DataSource::Law(_) | DataSource::File(_) => Self::Examples,
        }
    }
}

pub(super) fn read_method(tree: &Table, kind: Kind) -> Result<Method, BadInput> {
    read_section("flow", section(tree, "flow")?, "method", None, |table| {
        let method: Method = plain(table)?;
        match kind {
            Kind::Examples => method.check()?,
            Kind::Population => population::check_method(&method)?,
        }
        Ok(method)
    })
}

pub(super) fn read_stops(tree: &Table, kind: Kind) -> Result<(Stops, PopulationStops), BadInput> {
    read_section("stop", section(tree, "stop")?, "", None, |table| match kind {
        Kind::Examples => {
            let stops: Stops = plain(table)?;
            stops.check()?;
            Ok((stops, PopulationStops::default()))
        }
        Kind::Population => {
            let stops: PopulationStops = plain(table)?;
            stops.check()?;
            Ok((Stops::default(), stops))
        }
    })
}

fn read_record(tree: &Table, kind: Kind) -> Result<Record, BadInput> {
    read_section("record", section(tree, "record")?, "", None, |table| {
        let record: Record = plain(table)?;
        match kind {
            Kind::Examples => record.check()?,
            Kind::Population => population::check_record(&record)?,
        }
        Ok(record)
    })
}

/// Reads the model, and asks the method, the record and the units whether they can serve it.
pub(super) fn read_model(
    tree: &Table,
    kind: Kind,
    method: &Method,
    record: &Record,
    units: Units,
) -> Result<Model, BadInput> {
    let Some(entry) = tree.entry("model") else {
        read_section("record", section(tree, "record")?, "", None, |_| {
            Ok(record.needs(&Model::default())?)
        })?;
        return Ok(Model::default());
    };
    read_section("model", entry, "", None, |table| {
        let model: Model = plain(table)?;
        model.check()?;
        if kind == Kind::Population {
            population::check_model(&model)?;
        }
        method.needs(&model)?;
        record.needs(&model)?;
        units.needs(&model)?;
        Ok(model)
    })
}

pub(super) fn read_test(tree: &Table, kind: Kind, memory: &Memory) -> Result<Option<TestSource>, BadInput> {
    let Some(entry) = tree.entry("test") else {
        return Ok(None);
    };
    read_section("test", entry, "law", None, |table| {
        if kind == Kind::Population {
            let expected = "no section [test]: the loss of a population is that of every example";
            return Err(reluflow::Error::out_of_range("test", expected, "one").into());
        }
        // Without a law the section has no key but the number of examples.
        let mut rest = table.clone();
        let mut size = if table.get("law").is_none() {
            table.clone()
        } else {
            Table::default()
        };
        if let Some(examples) = table.get("examples") {
            size.set(&["examples"], &entry.origin, examples.clone());
            rest.remove("examples");
        }
        let Size { examples } = plain(&size)?;
        if examples == 0 {
            return Err(reluflow::Error::out_of_range("test.examples", "at least 1", examples).into());
        }
        let other = table
            .get("law")
            .is_some()
            .then(|| data(&rest, memory))
            .transpose()?;
        if let Some(DataSource::Population(_)) = other {
            let expected = "a law of examples, or none";
            return Err(reluflow::Error::out_of_range("test.law", expected, POPULATION).into());
        }
        Ok(Some(TestSource { examples, other }))
    })
}

/// The record, with the observable that a test set is for; one without a test set is refused.
pub(super) fn read_record_with_test(
    tree: &Table,
    kind: Kind,
    test: Option<&TestSource>,
) -> Result<Record, BadInput> {
    let mut record = read_record(tree, kind)?;
    match test {
        None if record.wants(Observable::Test) => {
            read_section("record", section(tree, "record")?, "", None, |_| {
                let expected =
                    "a section [test] with the observable test, such as [test] with examples = 1000";
                Err(reluflow::Error::out_of_range("record.observables", expected, "none").into())
            })
        }
        Some(_) if !record.wants(Observable::Test) => {
            record.observables.push(Observable::Test);
            Ok(record)
        }
        _ => Ok(record),
    }
}

pub(super) fn read_units(tree: &Table, kind: Kind) -> Result<Units, BadInput> {
    match tree.entry("units") {
        Some(entry) => read_section("units", entry, "", None, |table| {
            let units: Units = plain(table)?;
            if kind == Kind::Population {
                units.needs_no_examples()?;
            }
            Ok(units)
        }),
        None => Ok(Units::default()),
    }
}

/// A section of a tree into which the defaults were merged.
pub(super) fn section<'a>(tree: &'a Table, name: &str) -> Result<&'a Entry, BadInput> {
    tree.entry(name).ok_or_else(|| {
        BadInput::new(
            Place::Flag(name.to_owned()),
            "section missing",
            "a section",
            "none",
        )
    })
}
