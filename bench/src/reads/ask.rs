//! Asks by the clock: a request is due whoever still waits, and its time counts from then.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Client;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::Place;
use super::catalogue::{Read, Until, Who};
use crate::rounds::quantile;

/// Requests before those that count: the first after a start reads what later ones find in memory.
const WARMING: usize = 3;
/// How long an answer may take.
const ANSWERED: Duration = Duration::from_secs(30);

/// How long requests took, in milliseconds.
pub struct Times(Vec<f64>);

impl Times {
    /// Of these.
    #[must_use]
    pub fn of(mut millis: Vec<f64>) -> Self {
        millis.sort_unstable_by(f64::total_cmp);
        Self(millis)
    }

    /// The time that this share of the requests did not exceed.
    #[must_use]
    pub fn share(&self, share: f64) -> f64 {
        quantile(&self.0, share)
    }
}

/// One request, ready to be sent again and again.
#[derive(Clone)]
pub struct Request {
    client: Client,
    url: String,
    token: String,
    until: Until,
}

impl Request {
    /// A read of this place.
    ///
    /// # Errors
    /// When there can be no client.
    pub fn new(place: &Place, read: &Read) -> anyhow::Result<Self> {
        let api = &place.line.application.owner;
        let token = match read.who {
            Who::Owner => api.token.clone(),
            Who::Screen => place.screen.clone(),
        };
        let client = Client::builder().timeout(ANSWERED).build()?;
        Ok(Self { client, url: format!("{}{}", api.url, (read.path)(place)), token, until: read.until })
    }

    /// Sends it and reads the answer, or its first bytes.
    ///
    /// # Errors
    /// When it is not answered with 200.
    pub async fn send(&self) -> anyhow::Result<()> {
        let request = self.client.get(&self.url).bearer_auth(&self.token);
        let mut answer = request.send().await.with_context(|| self.url.clone())?;
        ensure!(answer.status() == 200, "{} was answered with {}", self.url, answer.status());
        match self.until {
            Until::Whole => while answer.chunk().await?.is_some() {},
            Until::FirstByte => {
                answer.chunk().await?.with_context(|| format!("{} was answered with nothing", self.url))?;
            }
        }
        Ok(())
    }

    /// Sends it `count` times, one every `pause`. What is left before its end is sent anew only when the one before was
    /// answered: it is at work until it notices, and more than a few at once are refused.
    ///
    /// # Errors
    /// When one fails.
    pub async fn repeat(&self, count: usize, pause: Duration) -> anyhow::Result<Times> {
        for _ in 0..WARMING {
            self.send().await?;
        }
        let (mut sent, mut due, mut millis) = (JoinSet::new(), Instant::now(), Vec::new());
        for _ in 0..count {
            sleep_until(due).await;
            if matches!(self.until, Until::FirstByte) {
                while let Some(took) = sent.join_next().await {
                    millis.push(took??);
                }
                due = Instant::now();
            }
            let (request, since) = (self.clone(), due);
            sent.spawn(async move {
                request.send().await?;
                anyhow::Ok(since.elapsed().as_secs_f64() * 1e3)
            });
            due += pause;
        }
        while let Some(took) = sent.join_next().await {
            millis.push(took??);
        }
        Ok(Times::of(millis))
    }
}
