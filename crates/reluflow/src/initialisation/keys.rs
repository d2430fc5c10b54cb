//! Reads and writes an initialisation with the keys that every law takes.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Altered, FixedOutput, InitialisationLaw};

/// `output` of a file: a number is the standard deviation of a normal law or the output weight of `xavier`, a table fixes the size.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Output {
    Number(f64),
    Fixed(FixedOutput),
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Output;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(
                    f,
                    "a table such as {{ fixed = 1 }}, or with law = \"normal\" or \"xavier\" a number"
                )
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Output, E> {
                Ok(Output::Number(value))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Output, E> {
                Ok(Output::Number(value as f64))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Output, E> {
                Ok(Output::Number(value as f64))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Output, A::Error> {
                FixedOutput::deserialize(de::value::MapAccessDeserializer::new(map)).map(Output::Fixed)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A law's own keys, and those of [`Altered`].
#[derive(Deserialize)]
#[serde(expecting = "struct of a law")]
struct Keys {
    #[serde(flatten, deserialize_with = "InitialisationLaw::deserialize")]
    law: InitialisationLaw,
    output: Option<Output>,
    #[serde(default)]
    mirrored: bool,
}

/// The same, to be written: keys that alter nothing are left out.
#[derive(Serialize)]
struct WrittenKeys<'a> {
    #[serde(flatten, serialize_with = "InitialisationLaw::serialize")]
    law: &'a InitialisationLaw,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<FixedOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mirrored: Option<bool>,
}

impl<'de> Deserialize<'de> for InitialisationLaw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Keys {
            mut law,
            output,
            mirrored,
        } = <Keys as Deserialize>::deserialize(deserializer)?;
        let output = match (output, &mut law) {
            (None, _) => None,
            (Some(Output::Fixed(output)), _) => Some(output),
            (Some(Output::Number(deviation)), InitialisationLaw::Normal(law)) => {
                law.output = Some(deviation);
                None
            }
            (Some(Output::Number(weight)), InitialisationLaw::Xavier(law)) => {
                law.output = weight;
                None
            }
            (Some(Output::Number(_)), _) => {
                return Err(de::Error::custom(
                    "invalid type: output, a number, expected a table such as { fixed = 1 } unless law = \"normal\" or \"xavier\"",
                ));
            }
        };
        Ok(if output.is_some() || mirrored {
            InitialisationLaw::Altered(Altered {
                law: Box::new(law),
                output,
                mirrored,
            })
        } else {
            law
        })
    }
}

impl Serialize for InitialisationLaw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let InitialisationLaw::Altered(altered) = self else {
            return InitialisationLaw::serialize(self, serializer);
        };
        let law = match &*altered.law {
            // Its standard deviation would stand in the way of the size that takes its place.
            InitialisationLaw::Normal(law) if altered.output.is_some() => {
                InitialisationLaw::Normal(super::Normal { output: None, ..*law })
            }
            law => law.clone(),
        };
        let keys = WrittenKeys {
            law: &law,
            output: altered.output,
            mirrored: altered.mirrored.then_some(true),
        };
        <WrittenKeys<'_> as Serialize>::serialize(&keys, serializer)
    }
}
