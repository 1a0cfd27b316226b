//! The masker alone, on one thread: against the masker that builds a tree, with validation in front,
//! and against a walk that looks at nothing but quotes.

use anyhow::{Context as _, ensure};
use bataudit_processor::mask::{Masker, Work};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::catalogue::{Extent, Measured};
use crate::cpu;
use crate::dom_masker::DomMasker;
use crate::rounds::Rounds;
use crate::sample::Samples;

const BODIES: usize = 20_000;
const SEED: u64 = 5;

/// G5 and G6.
///
/// # Errors
/// When the two maskers disagree.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let (ours, dom) = (Masker::built_in(), DomMasker::built_in());
    let mut samples = Samples::of(SEED);
    let bodies: Vec<String> = (0..BODIES).map(|_| samples.body()).collect();
    agree(&ours, &dom, &bodies)?;
    let passes = extent.events(20_000) / 1_000;
    let bytes = bodies.iter().map(String::len).sum::<usize>() as f64 * passes as f64;
    let [mut plain, mut tree, mut validated, mut quotes] = [const { Vec::new() }; 4];
    let (mut work, mut out) = (Work::default(), String::new());
    let mut mask = |body: &str| -> anyhow::Result<usize> {
        let masked = ours.json_into(body, &mut work, &mut out)?;
        Ok(if masked { out.len() } else { 0 })
    };
    for _ in 0..extent.rounds {
        plain.push(rate(bytes, passes, &bodies, &mut mask)?);
        tree.push(rate(bytes, passes, &bodies, |body| Ok(dom.mask(body)?.len()))?);
        validated.push(rate(bytes, passes, &bodies, |body| {
            serde_json::from_str::<IgnoredAny>(body)?;
            mask(body)
        })?);
        quotes.push(rate(bytes, passes, &bodies, |body| {
            Ok(memchr::memchr_iter(b'"', body.as_bytes()).count())
        })?);
    }
    let [plain, tree, validated, quotes] =
        [plain, tree, validated, quotes].map(|rounds| rounds.into_iter().collect::<Rounds>());
    let note = format!("{:.0} MB/s against {:.0}", plain.median(), tree.median());
    Ok(vec![
        Measured::of(("G5", ""), plain.over(&tree)).noting(note),
        Measured::of(("G6", ""), validated),
        Measured::of(("G6", "quotes"), quotes),
    ])
}

/// MB a second of this thread's CPU time. The lengths of what comes out are used, so that none of the
/// work can be left out.
fn rate(
    bytes: f64,
    passes: u64,
    bodies: &[String],
    mut work: impl FnMut(&str) -> anyhow::Result<usize>,
) -> anyhow::Result<f64> {
    let (before, mut first) = (cpu::own_thread()?, None);
    for _ in 0..passes {
        let mut sum = 0;
        for body in bodies {
            sum += work(std::hint::black_box(body))?;
        }
        ensure!(*first.get_or_insert(sum) == sum, "the same bodies came out differently");
    }
    Ok(bytes / 1e6 / (cpu::own_thread()? - before).as_secs_f64())
}

fn agree(ours: &Masker, dom: &DomMasker, bodies: &[String]) -> anyhow::Result<()> {
    let mut secrets = 0;
    for body in bodies {
        let masked = ours.json(body)?;
        secrets += usize::from(masked.is_some());
        let ours: Value = serde_json::from_str(masked.as_ref().unwrap_or(body))?;
        let tree: Value = serde_json::from_str(&dom.mask(body)?).context("the tree's output")?;
        ensure!(ours == tree, "the maskers disagree");
    }
    ensure!((bodies.len() / 10..bodies.len() / 2).contains(&secrets), "{secrets} bodies had secrets");
    Ok(())
}
