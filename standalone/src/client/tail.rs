//! `bataudit tail`: events as they are stored. A broken connection is opened again where it broke; what the server
//! could not send, and what was missed while it was away, is said and not passed over in silence.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::http::{Client, Pair, Refusal};
use super::sse::{Message, Reader};
use super::{filter, print, say, show, with_client};
use crate::cli::TailArguments;

/// A message is smaller.
const MOST_BYTES: usize = 16 << 20;
/// Ids remembered, so that what is sent again after a reconnection is shown once.
const REMEMBERED: usize = 10_000;
/// How far back a stream can be resumed.
const RESUMABLE: Duration = Duration::from_secs(5 * 60);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Follows until the count is reached, or for ever.
pub(crate) fn run(asked: &TailArguments) -> anyhow::Result<()> {
    with_client(&asked.asked.server, async |client| {
        let parameters = filter::parameters(&client, &asked.asked, None).await?;
        let tail = Tail { left: asked.count, json: asked.json, cursor: None, seen: Seen::default() };
        tail.follow(&client, &parameters).await
    })
}

struct Tail {
    left: Option<u64>,
    json: bool,
    cursor: Option<String>,
    seen: Seen,
}

impl Tail {
    async fn follow(mut self, client: &Client, parameters: &[Pair]) -> anyhow::Result<()> {
        let (mut pause, mut heard) = (FIRST_PAUSE, Instant::now());
        if !self.json {
            print(&show::heading())?;
        }
        while self.left != Some(0) {
            let before = heard;
            let error = match self.connection(client, parameters, &mut heard).await {
                Ok(()) => continue,
                Err(error) => error,
            };
            if is_final(&error) {
                return Err(error);
            }
            if heard > before {
                pause = FIRST_PAUSE;
            }
            say(&format!("{error:#}; goes on as soon as it can"));
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(())
    }

    /// One connection, until it breaks or enough was seen.
    async fn connection(
        &mut self,
        client: &Client,
        parameters: &[Pair],
        heard: &mut Instant,
    ) -> anyhow::Result<()> {
        let silent = heard.elapsed();
        let mut answer = client.open("/v1/audit/stream", parameters, self.cursor.as_deref()).await?;
        if silent > RESUMABLE {
            say(&format!(
                "the connection was away for {} minutes, and events may be missing here: `bataudit query --since {}m` has them",
                silent.as_secs() / 60,
                silent.as_secs() / 60 + 1
            ));
        }
        let mut reader = Reader::default();
        loop {
            *heard = Instant::now();
            let chunk = answer.chunk().await.map_err(reqwest::Error::without_url);
            let chunk = chunk.context("the connection broke")?.context("the server closed the connection")?;
            for message in reader.take(&chunk) {
                if self.message(message)? {
                    return Ok(());
                }
            }
            if reader.pending() > MOST_BYTES {
                bail!("the server sent a message of more than {MOST_BYTES} bytes");
            }
        }
    }

    /// Shows a message; returns whether enough was seen.
    fn message(&mut self, message: Message) -> anyhow::Result<bool> {
        if message.event == "skipped" {
            say("more events arrived at once than are streamed; `bataudit query` has them all");
        }
        if message.id.is_some() {
            self.cursor = message.id;
        }
        if message.event != "audit" {
            return Ok(false);
        }
        let event: Value =
            serde_json::from_str(&message.data).context("the server sent an event that is not JSON")?;
        if !self.seen.is_new(event["id"].as_str().unwrap_or_default()) {
            return Ok(false);
        }
        print(&if self.json { format!("{event}\n") } else { show::event(&event) })?;
        self.left = self.left.map(|left| left.saturating_sub(1));
        Ok(self.left == Some(0))
    }
}

/// Whether trying again can change nothing: the token, the filters or the server are not right.
fn is_final(error: &anyhow::Error) -> bool {
    let refusal = error.downcast_ref::<Refusal>();
    refusal.is_some_and(|refusal| (400..500).contains(&refusal.status) && refusal.status != 429)
}

/// The ids seen last.
#[derive(Debug, Default)]
struct Seen {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_new_once_and_memory_is_bounded() {
        let mut seen = Seen::default();
        assert!(seen.is_new("a") && !seen.is_new("a"));
        assert!((0..REMEMBERED).all(|id| seen.is_new(&id.to_string())));
        assert_eq!((seen.ids.len(), seen.order.len()), (REMEMBERED, REMEMBERED));
        assert!(seen.is_new("a"), "forgotten again");
    }
}
