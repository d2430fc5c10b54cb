//! Reads and writes a law with the keys that every law takes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Altered, DataLaw, Target};

/// A law's own keys, and those of [`Altered`].
#[derive(Deserialize)]
#[serde(expecting = "struct of a law")]
struct Keys {
    #[serde(flatten, deserialize_with = "DataLaw::deserialize")]
    law: DataLaw,
    target: Option<Target>,
    #[serde(default)]
    noise: f64,
    #[serde(default)]
    flip: f64,
    #[serde(default)]
    bias: bool,
}

/// The same, to be written: keys that alter nothing are left out, so that a law without them is written as ever.
#[derive(Serialize)]
struct WrittenKeys<'a> {
    #[serde(flatten, serialize_with = "DataLaw::serialize")]
    law: &'a DataLaw,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flip: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bias: Option<bool>,
}

impl<'de> Deserialize<'de> for DataLaw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = <Keys as Deserialize>::deserialize(deserializer)?;
        let altered = Altered {
            law: Box::new(keys.law),
            target: keys.target,
            noise: keys.noise,
            flip: keys.flip,
            bias: keys.bias,
        };
        // Negative numbers and the like stay, to be refused by the check.
        let plain = altered.noise == 0.0 && altered.flip == 0.0 && !altered.bias && altered.target.is_none();
        Ok(if plain {
            *altered.law
        } else {
            DataLaw::Altered(altered)
        })
    }
}

impl Serialize for DataLaw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let DataLaw::Altered(altered) = self else {
            return DataLaw::serialize(self, serializer);
        };
        let keys = WrittenKeys {
            law: &altered.law,
            target: altered.target.as_ref(),
            noise: (altered.noise != 0.0).then_some(altered.noise),
            flip: (altered.flip != 0.0).then_some(altered.flip),
            bias: altered.bias.then_some(true),
        };
        <WrittenKeys<'_> as Serialize>::serialize(&keys, serializer)
    }
}
