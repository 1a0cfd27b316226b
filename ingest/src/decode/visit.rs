//! Walks JSON and takes out the text of the fields. Only a syntax error stops it: everything else is
//! noted in the [`RawEvent`], so that one bad event does not spoil its neighbours.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Fault, Field, RawEvent};

/// Reads one event.
pub(super) struct EventSeed;

impl<'a> DeserializeSeed<'a> for EventSeed {
    type Value = RawEvent<'a>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// An event that is no object.
fn not_an_object<'a, E>() -> Result<RawEvent<'a>, E> {
    Ok(RawEvent { fault: Some(Fault::NotAnObject), ..RawEvent::empty() })
}

impl<'a> Visitor<'a> for EventSeed {
    type Value = RawEvent<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event, which is a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut event = RawEvent::empty();
        while let Some(field) = map.next_key_seed(KeySeed)? {
            match field {
                // Skipped without a stack, however deep it is nested.
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(field) => event.put(field, map.next_value::<&RawValue>()?.get()),
            }
        }
        Ok(event)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        not_an_object()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        not_an_object()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        not_an_object()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        not_an_object()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        not_an_object()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        not_an_object()
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        not_an_object()
    }
}

/// Reads a key; `None` when it names no field.
struct KeySeed;

impl<'a> DeserializeSeed<'a> for KeySeed {
    type Value = Option<Field>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Option<Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Field::from_key(key))
    }
}

/// Reads an array of events.
pub(super) struct ArrayVisitor<'m> {
    /// Most events.
    pub(super) most: usize,
    /// For how many there is room from the start.
    pub(super) room: usize,
    /// Set when there were more.
    pub(super) too_many: &'m mut bool,
}

impl<'a> DeserializeSeed<'a> for ArrayVisitor<'_> {
    type Value = Vec<RawEvent<'a>>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// The body is JSON, but nothing that could hold events.
const NO_EVENTS: &str = "expected an array of events or one event";

impl<'a> Visitor<'a> for ArrayVisitor<'_> {
    type Value = Vec<RawEvent<'a>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut events = Vec::with_capacity(self.room);
        while let Some(event) = seq.next_element_seed(EventSeed)? {
            if events.len() == self.most {
                *self.too_many = true;
                return Err(A::Error::custom("too many events"));
            }
            events.push(event);
        }
        Ok(events)
    }

    // The default answers of these would show the value.
    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(E::custom(NO_EVENTS))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(E::custom(NO_EVENTS))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(E::custom(NO_EVENTS))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(E::custom(NO_EVENTS))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(E::custom(NO_EVENTS))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Err(E::custom(NO_EVENTS))
    }
}
