//! Which life of the events topic is read, and under which group's name: what the processors read by, and
//! what checks their work must look at.

use bataudit_service::env::{Env, Field};

use crate::topics::PREFIX;

/// Consumer group.
pub const GROUP: Field = Field::optional(
    "BATAUDIT_PROCESSOR_GROUP",
    "Consumer group of the processors; unset, the topic prefix followed by -processor. A new name goes on after what \
     the table holds of this stream epoch. Read by the processors, sentinel and the command line.",
);
/// Stream epoch.
pub const EPOCH: Field = Field::new(
    "BATAUDIT_PROCESSOR_STREAM_EPOCH",
    "1",
    "Names the life of the events topic: change it, with every processor stopped, when the topic was deleted and \
     made anew. The log is then read from its beginning. Read by the processors, sentinel and the command line.",
);

/// The variables read here.
pub const FIELDS: &[&Field] = &[&GROUP, &EPOCH];

/// A life of the events topic and who reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Consumer group of the processors.
    pub group: String,
    /// Stream epoch: 1 to 32 letters, digits or `-`. Part of every token and of every row.
    pub epoch: String,
}

impl Stream {
    /// Reads the variables. Two installations on one Kafka differ in their prefix, and must not share a group.
    pub fn from_env(env: &mut Env) -> Self {
        let group = env.optional(&GROUP).unwrap_or_else(|| format!("{}-processor", env.text(&PREFIX)));
        let epoch = env.text(&EPOCH);
        let plain = epoch.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        env.check(plain && (1..=32).contains(&epoch.len()), &EPOCH, "must be 1 to 32 letters, digits or '-'");
        Self { group, epoch }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_follows_the_prefix() {
        let mut env = Env::from_pairs([(PREFIX.name, "acme")]);
        let stream = Stream::from_env(&mut env);
        env.finish().unwrap();
        assert_eq!(stream, Stream { group: "acme-processor".to_owned(), epoch: "1".to_owned() });
    }

    #[test]
    fn an_epoch_that_breaks_a_token_is_a_problem() {
        let mut env = Env::from_pairs([(EPOCH.name, "a:b")]);
        Stream::from_env(&mut env);
        assert!(env.finish().unwrap_err().to_string().contains("BATAUDIT_PROCESSOR_STREAM_EPOCH must be"));
    }
}
