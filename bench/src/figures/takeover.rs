//! A processor is killed under load: how long until its partitions are committed again, with a new
//! member that must wait for the dead one's session, and with a static member that need not.

use std::time::{Duration, Instant};

use anyhow::ensure;
use bataudit_e2e::load::Load as Posts;

use crate::catalogue::{Extent, Measured};
use crate::line::Line;
use crate::rounds::Rounds;

/// The session timeout of both runs, in seconds.
const SESSION: f64 = 6.0;
const COMMITTED: Duration = Duration::from_secs(60);
const PER_SECOND: u32 = 50;

/// G24.
///
/// # Errors
/// When nothing is committed anew.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let dynamic = [("BATAUDIT_PROCESSOR_SESSION_TIMEOUT_MS", "6000"), ("BATAUDIT_PROCESSOR_INSTANCE_ID", "")];
    let fixed = [("BATAUDIT_PROCESSOR_SESSION_TIMEOUT_MS", "6000")];
    let killed = takeovers("bench_killed", &dynamic, extent).await?;
    let restarted = takeovers("bench_static", &fixed, extent).await?;
    Ok(vec![
        Measured::of(("G24", "kill"), killed.map(|seconds| seconds / SESSION))
            .noting(format!("session timeout {SESSION} s")),
        Measured::of(("G24", "static"), restarted),
    ])
}

/// Seconds from each kill to the first commit after it.
async fn takeovers(
    label: &'static str,
    env: &[(&'static str, &str)],
    extent: Extent,
) -> anyhow::Result<Rounds> {
    let mut line = Line::start(label, env).await?;
    let posts = Posts {
        urls: vec![line.application.gateway.url.clone()],
        key: line.application.gateway.key.clone(),
        service: "bench".to_owned(),
        per_second: PER_SECOND,
    };
    let posts = posts.start();
    let topic = line.topic()?;
    let mut rounds = Rounds::default();
    for _ in 0..extent.rounds.min(5) {
        posts.more(PER_SECOND as usize, COMMITTED).await;
        let before = topic.committed()?;
        topic.committed_when(before + 1, COMMITTED).await?;
        line.stack.processor.process.kill();
        let (killed, committed) = (Instant::now(), topic.committed()?);
        line.stack.processor.process.restart();
        topic.committed_when(committed + 1, COMMITTED).await?;
        rounds.push(killed.elapsed().as_secs_f64());
    }
    let verdict = posts.stop().await.settle(&line.stack.clickhouse, COMMITTED).await;
    ensure!(verdict.acknowledged > 0, "{verdict}");
    Ok(rounds)
}
