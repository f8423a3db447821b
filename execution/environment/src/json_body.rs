//! Bodies of extensions' calls.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};

/// Reads from a JSON object alone. A struct by itself reads from an array of its fields too.
#[derive(Debug, Default)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
    }
}

/// What a list names, each once.
///
/// # Errors
/// The first that there is.
pub(crate) fn distinct<T: PartialEq, E>(named: impl Iterator<Item = Result<T, E>>) -> Result<Vec<T>, E> {
    let mut distinct = vec![];
    for item in named {
        let item = item?;
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    Ok(distinct)
}

/// # Errors
/// Why it is no `thing`, in words for whoever sent it.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], thing: &str) -> Result<T, String> {
    let read = serde_json::from_slice::<Object<T>>(body);
    read.map(|Object(read)| read).map_err(|_| {
        let is_json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
        if is_json {
            format!("The body cannot be read as a {thing}")
        } else {
            "The body is not JSON".to_owned()
        }
    })
}
