//! The gateway against a bare sink: what a request costs beyond HTTP, and what packing saves. Every
//! event is acknowledged by Kafka before it is answered, and lies in the topic afterwards.

use std::time::Duration;

use anyhow::ensure;
use bataudit_e2e::process::{Launch, Process};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_e2e::{gateway::Gateway, ports};

use crate::catalogue::{Extent, Measured};
use crate::cpu;
use crate::line::{Line, own_binary, socket};
use crate::load::{Load, Outcome};
use crate::rounds::Rounds;

/// The original's best at one event a request, in requests a second; measured once on the machine type
/// of the figures.
const ORIGINAL: f64 = 1_853.0;
const STARTED: Duration = Duration::from_secs(10);

/// G1, G2, G3 and G11.
///
/// # Errors
/// When a request is refused, the counts do not agree, or a run is void.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let line = Line::gateway("bench_gateway", &[]).await?;
    let sink = Sink::start(&line).await?;
    let topic = line.topic()?;
    let seconds = extent.seconds(4.0);
    let single = Load { seconds, throttle: true, ..line.load()? };
    let batch = Load { per_request: 100, connections: 32, ..single.clone() };
    let bare = Load { address: socket(&sink.url)?, ..single.clone() };
    let saturating = Load { throttle: false, ..single.clone() };
    let (mut bares, mut singles, mut batches, mut accepted) = Default::default();
    let rounds: [&mut Rounds; 4] = [&mut bares, &mut singles, &mut batches, &mut accepted];
    let [bares_, singles_, batches_, accepted_] = rounds;
    let before = topic.events()?;
    let mut events = 0;
    for _ in 0..extent.rounds {
        bares_.push(per_cpu_second(&bare, sink.process.pid(), &line).await?.0);
        for (load, rounds) in [(&single, &mut *singles_), (&batch, &mut *batches_)] {
            let (rate, outcome) = per_cpu_second(load, line.gateway_pid(), &line).await?;
            rounds.push(rate);
            events += outcome.events;
        }
        let outcome = saturating.run(line.log("load")).await?;
        accepted_.push(outcome.accepted as f64 / outcome.seconds);
        events += outcome.events;
    }
    let stored = topic.events()? - before;
    ensure!(stored == events, "{events} events were accepted, Kafka has {stored}");
    Ok(vec![
        Measured::of(("G1", ""), singles.over(&bares)).noting(format!(
            "{:.0}/s against {:.0}/s",
            singles.median(),
            bares.median()
        )),
        Measured::of(("G2", ""), batches.over(&singles)),
        Measured::of(("G3", ""), batches),
        Measured::of(("G11", ""), accepted.map(|rate| rate / ORIGINAL))
            .noting(format!("{:.0}/s", accepted.median())),
    ])
}

/// Events per CPU-second of the process that was loaded.
async fn per_cpu_second(load: &Load, pid: u32, line: &Line) -> anyhow::Result<(f64, Outcome)> {
    let before = cpu::of(pid)?;
    let outcome = load.run(line.log("load")).await?;
    let used = (cpu::of(pid)? - before).as_secs_f64();
    ensure!(outcome.refused == 0 && outcome.accepted > 0, "{outcome:?}");
    Ok((outcome.events as f64 / used, outcome))
}

/// The bare sink as a process of its own.
struct Sink {
    process: Process,
    url: String,
}

impl Sink {
    async fn start(line: &Line) -> anyhow::Result<Self> {
        let port = ports::free();
        let launch = Launch {
            name: "sink".to_owned(),
            binary: own_binary("bataudit-bench")?,
            arguments: vec!["sink".into(), format!("127.0.0.1:{port}").into()],
            env: std::collections::BTreeMap::new(),
            log: line.log("sink"),
        };
        let sink = Self { process: Process::start(launch), url: format!("http://127.0.0.1:{port}") };
        eventually("the sink answers", STARTED, async || {
            let open = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
            holds(open.is_ok(), "no connection")
        })
        .await;
        let answer = Gateway::new(&sink.url, "none").post_text("/v1/audit", "{}").await;
        ensure!(answer.status == 202, "the sink answered with {}", answer.status);
        Ok(sink)
    }
}
