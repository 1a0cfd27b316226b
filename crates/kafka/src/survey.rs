//! What the brokers have: how many there are, and how their topics are laid out and set. Changes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;

use crate::topics::TopicError;
use crate::{Connection, refusal};

/// How long a question may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the brokers have for a first answer.
const FIRST_CONTACT: Duration = Duration::from_secs(3);

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Brokers of the cluster.
    pub brokers: usize,
    /// The topics that exist, by name.
    pub topics: BTreeMap<String, TopicState>,
}

/// A topic as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicState {
    /// Its partitions.
    pub partitions: usize,
    /// Copies of the partition that has the fewest.
    pub copies: usize,
    /// Partitions that nobody leads: they take and give nothing.
    pub leaderless: usize,
    /// Partitions of which a copy is behind.
    pub behind: usize,
    /// Its settings, where the brokers tell them.
    pub settings: BTreeMap<String, String>,
}

/// Asks the brokers for these topics.
///
/// # Errors
/// When they do not answer, or do not trust us.
pub async fn survey(connection: &Connection, names: [&str; 3]) -> Result<Survey, TopicError> {
    let first = connection.clone();
    let contact = tokio::task::spawn_blocking(move || refusal::find(&first, FIRST_CONTACT)).await;
    if let Ok(Some(reason)) = contact {
        return Err(TopicError::Trust(reason));
    }
    let admin: AdminClient<DefaultClientContext> = connection.client("bataudit-survey").create()?;
    // The question blocks, so it has a thread, which gives the client back.
    let asked = tokio::task::spawn_blocking(move || {
        let metadata = admin.inner().fetch_metadata(None, PATIENCE);
        (admin, metadata)
    });
    let Ok((admin, metadata)) = asked.await else { return Ok(Survey::default()) };
    let metadata = metadata?;
    let known =
        metadata.topics().iter().filter(|topic| names.contains(&topic.name()) && topic.error().is_none());
    let mut topics: BTreeMap<String, TopicState> =
        known.map(|topic| (topic.name().to_owned(), layout(topic.partitions()))).collect();
    let options = AdminOptions::new().request_timeout(Some(PATIENCE));
    let wanted: Vec<_> = topics.keys().cloned().collect();
    let specifiers: Vec<_> = wanted.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
    // A broker that tells no settings is not one that does not answer.
    let described = admin.describe_configs(&specifiers, &options).await.unwrap_or_default();
    for (name, found) in wanted.iter().zip(described) {
        if let (Some(topic), Ok(found)) = (topics.get_mut(name), found) {
            let set = found.entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?)));
            topic.settings = set.collect();
        }
    }
    Ok(Survey { brokers: metadata.brokers().len(), topics })
}

fn layout(partitions: &[rdkafka::metadata::MetadataPartition]) -> TopicState {
    TopicState {
        partitions: partitions.len(),
        copies: partitions.iter().map(|partition| partition.replicas().len()).min().unwrap_or_default(),
        leaderless: partitions.iter().filter(|partition| partition.leader() < 0).count(),
        behind: partitions
            .iter()
            .filter(|partition| partition.isr().len() < partition.replicas().len())
            .count(),
        settings: BTreeMap::new(),
    }
}
