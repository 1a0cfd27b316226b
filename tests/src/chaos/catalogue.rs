//! The faults, as data: a name, what happens, on which line, and how often.

use std::sync::Arc;

use bataudit_processor::crash::POINTS;
use rand::rngs::StdRng;

use super::faults::{
    broker, clock, crash, group, letters, link, posts, process, retention, rules, stale, store, topic,
};
use super::rig::Rig;
use crate::fault_proxy::{OFFSET_COMMIT, PRODUCE, Weather};
use crate::private_engine::Mood;

/// A part that is a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One of the processors.
    Processor,
    /// One of the gateways.
    Ingest,
    /// Sentinel.
    Sentinel,
    /// ClickHouse.
    Engine,
}

/// A connection with a proxy in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Between processors and ClickHouse.
    Store,
    /// Between gateways and Kafka.
    IngestKafka,
    /// Between processors and Kafka.
    ProcessorKafka,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL, and a start some time later.
    Kill(Part),
    /// SIGSTOP for longer than a session, and SIGCONT.
    Stop(Part),
    /// SIGTERM in the middle of work, and a start.
    End(Part),
    /// SIGKILL of both processors at once.
    KillProcessors,
    /// SIGKILL of processors and ClickHouse at once.
    KillProcessorsAndEngine,
    /// A third processor joins, and leaves or is killed.
    Join,
    /// Bad weather between two parts.
    Weather(Link, Weather),
    /// Bad weather for longer than a gateway waits for Kafka.
    Long(Link, Weather),
    /// ClickHouse starts again and refuses to write for a while.
    Engine(Mood),
    /// SIGKILL of a broker, and a start some time later.
    KillBroker,
    /// SIGSTOP of a broker for longer than its session with the controller.
    StopBroker,
    /// A member that owns no partition commits one, back in the log.
    ForeignCommit,
    /// A processor's own commit of before comes again, under the name it has now, when the partition is
    /// another's.
    StaleCommit,
    /// Every post comes twice, under the same ids or the same key.
    PostsTwice,
    /// The project's masking rules change while a batch is tried again and again.
    RulesChange,
    /// The clock of a process jumps forward, back, and to where it was.
    ClockJump(Part),
    /// A record that no gateway wrote.
    Garbage,
    /// Such a record while the dead-letter topic refuses letters.
    LettersRefused,
    /// A processor kills itself at a step of its protocol.
    Crash(&'static str),
    /// A batch has its token in ClickHouse and not its rows, as after a kill at the wrong moment.
    TokenWithoutRows,
    /// Kafka deletes records that no processor has read.
    RetentionCut,
    /// The events topic is deleted with unread records and made anew, and an operator does what the
    /// processors ask for.
    TopicMadeAnew,
}

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name, for `ONLY` and the table.
    pub name: &'static str,
    /// What happens.
    pub fault: Fault,
    /// How many brokers its line has.
    pub brokers: u16,
    /// How often it happens in a thousand, compared with the others.
    pub weight: u32,
    /// Whether it is part of the short form.
    pub short: bool,
}

const fn kind(name: &'static str, fault: Fault, weight: u32, short: bool) -> Kind {
    Kind { name, fault, brokers: 1, weight, short }
}

const fn of_three(name: &'static str, fault: Fault, weight: u32) -> Kind {
    Kind { name, fault, brokers: 3, weight, short: false }
}

use Fault::{ClockJump, End, Engine, Kill, Stop};
use Link::{IngestKafka, ProcessorKafka, Store};

/// All kinds but the crash points, which the processor lists itself, in the order of the table.
const KINDS: &[Kind] = &[
    kind("kill-processor", Kill(Part::Processor), 10, true),
    kind("kill-processors", Fault::KillProcessors, 10, false),
    kind("kill-ingest", Kill(Part::Ingest), 8, true),
    kind("kill-sentinel", Kill(Part::Sentinel), 3, true),
    kind("kill-clickhouse", Kill(Part::Engine), 10, true),
    kind("kill-processors-and-clickhouse", Fault::KillProcessorsAndEngine, 10, true),
    kind("stop-processor", Stop(Part::Processor), 4, false),
    kind("stop-ingest", Stop(Part::Ingest), 2, false),
    kind("stop-sentinel", Stop(Part::Sentinel), 1, false),
    kind("stop-clickhouse", Stop(Part::Engine), 4, false),
    kind("end-processor", End(Part::Processor), 4, true),
    kind("end-ingest", End(Part::Ingest), 2, false),
    kind("end-clickhouse", End(Part::Engine), 2, false),
    kind("join-and-leave", Fault::Join, 6, true),
    kind("store-cut-request", Fault::Weather(Store, Weather::CutRequest(700)), 8, true),
    kind("store-cut-answer", Fault::Weather(Store, Weather::CutAnswer), 8, true),
    kind("store-no-answer", Fault::Weather(Store, Weather::NoAnswer), 6, true),
    kind("store-half-open", Fault::Weather(Store, Weather::HalfOpen), 4, false),
    kind("store-still", Fault::Weather(Store, Weather::Still), 4, false),
    kind("store-slow", Fault::Weather(Store, Weather::Slow), 4, false),
    kind("store-closed", Fault::Weather(Store, Weather::Closed), 4, true),
    kind("commit-lost", Fault::Weather(ProcessorKafka, Weather::LoseCall(OFFSET_COMMIT)), 8, true),
    kind("commit-answer-lost", Fault::Weather(ProcessorKafka, Weather::LoseAnswer(OFFSET_COMMIT)), 8, true),
    kind("commit-refused", Fault::Weather(ProcessorKafka, Weather::StaleCommit), 8, true),
    kind("processor-kafka-closed", Fault::Weather(ProcessorKafka, Weather::Closed), 6, false),
    kind("processor-kafka-half-open", Fault::Weather(ProcessorKafka, Weather::HalfOpen), 4, false),
    kind("processor-kafka-slow", Fault::Weather(ProcessorKafka, Weather::Slow), 3, false),
    kind("produce-lost", Fault::Weather(IngestKafka, Weather::LoseCall(PRODUCE)), 6, true),
    kind("produce-answer-lost", Fault::Weather(IngestKafka, Weather::LoseAnswer(PRODUCE)), 8, true),
    kind("produce-answers-lost-for-long", Fault::Long(IngestKafka, Weather::LoseAnswer(PRODUCE)), 1, false),
    kind("ingest-kafka-closed", Fault::Weather(IngestKafka, Weather::Closed), 4, false),
    kind("ingest-kafka-half-open", Fault::Weather(IngestKafka, Weather::HalfOpen), 4, false),
    kind("ingest-kafka-slow", Fault::Weather(IngestKafka, Weather::Slow), 3, false),
    kind("disk-full", Engine(Mood::DiskFull), 4, true),
    kind("read-only", Engine(Mood::ReadOnly), 4, true),
    kind("foreign-commit", Fault::ForeignCommit, 6, true),
    kind("stale-commit", Fault::StaleCommit, 4, false),
    kind("posts-twice", Fault::PostsTwice, 10, true),
    kind("rules-change", Fault::RulesChange, 6, true),
    kind("clock-jump-processor", ClockJump(Part::Processor), 4, false),
    kind("clock-jump-ingest", ClockJump(Part::Ingest), 3, false),
    kind("clock-jump-sentinel", ClockJump(Part::Sentinel), 1, false),
    kind("garbage", Fault::Garbage, 4, true),
    kind("dead-letters-refused", Fault::LettersRefused, 4, true),
    kind("token-without-rows", Fault::TokenWithoutRows, 6, true),
    kind("retention-cut", Fault::RetentionCut, 3, false),
    kind("topic-made-anew", Fault::TopicMadeAnew, 2, false),
    kind("kill-broker", Fault::KillBroker, 2, false),
    of_three("kill-broker-of-three", Fault::KillBroker, 3),
    of_three("stop-broker-of-three", Fault::StopBroker, 2),
];

/// Every kind there is.
#[must_use]
pub fn all() -> Vec<Kind> {
    // Of the two steps around a repair one is enough for the short form: each needs every processor.
    let is_short = |name| name != "after-repair";
    let points = POINTS.iter().map(|(name, _)| kind(name, Fault::Crash(name), 5, is_short(*name)));
    KINDS.iter().copied().chain(points).collect()
}

impl Kind {
    /// Whether it takes from the log what other faults need to be made good.
    #[must_use]
    pub fn takes_from_the_log(self) -> bool {
        matches!(self.fault, Fault::RetentionCut | Fault::TopicMadeAnew)
    }

    /// Whether it is made good again also when records are gone that were read, and not confirmed: what
    /// ClickHouse took half could never be sent again.
    #[must_use]
    pub fn needs_no_log(self) -> bool {
        match self.fault {
            Fault::RetentionCut | Fault::KillProcessors | Fault::Join | Fault::StaleCommit => true,
            Kill(part) | Stop(part) | End(part) | ClockJump(part) => part != Part::Engine,
            Fault::Weather(link, _) => link != Store,
            Fault::Crash(point) => !crash::REPAIRS.contains(&point),
            _ => false,
        }
    }

    /// Lets it happen, and makes it good again: when this returns, the line can become whole by itself.
    /// Returns whether it happened as it was meant: what did not happen was not survived.
    pub async fn inject(self, rig: Arc<Rig>, mut random: StdRng) -> bool {
        let (rig, random) = (&*rig, &mut random);
        match self.fault {
            Fault::Kill(part) => process::kill(rig, part, random).await,
            Fault::Stop(part) => process::stop(rig, part, random).await,
            Fault::End(part) => process::end(rig, part, random).await,
            Fault::KillProcessors => process::kill_processors(rig, random).await,
            Fault::KillProcessorsAndEngine => process::kill_processors_and_engine(rig, random).await,
            Fault::Join => group::join(rig, random).await,
            Fault::Weather(link, weather) => link::weather(rig, link, weather, random).await,
            Fault::Long(link, weather) => link::long(rig, link, weather).await,
            Fault::Engine(mood) => store::refuse(rig, mood, random).await,
            Fault::KillBroker => broker::kill(rig, random).await,
            Fault::StopBroker => broker::stop(rig, random).await,
            Fault::ForeignCommit => return group::foreign_commit(rig, random).await,
            Fault::StaleCommit => return stale::commit(rig, random).await,
            Fault::PostsTwice => return posts::twice(rig, random).await,
            Fault::RulesChange => rules::change(rig, random).await,
            ClockJump(part) => return clock::jump(rig, part, random).await,
            Fault::Garbage => letters::garbage(rig, random).await,
            Fault::LettersRefused => letters::refused(rig, random).await,
            Fault::Crash(point) => return crash::at(rig, point, random).await,
            Fault::TokenWithoutRows => return crash::token_without_rows(rig, random).await,
            Fault::RetentionCut => return retention::cut(rig, random).await,
            Fault::TopicMadeAnew => topic::made_anew(rig, random).await,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_nothing_is_left_out() {
        let names: BTreeSet<_> = all().iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), all().len());
        assert!(all().iter().all(|kind| kind.weight > 0));
    }
}
