//! Signals of the engine's process: kept from the engine, taken by one thread of ours.
//!
//! In: SIGTERM, SIGINT, SIGHUP. Out: the held inputs are dropped, so the engine stops in order. A second signal leaves
//! at once: a person who asks twice does not want to wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::signal::{SigSet, Signal};

use crate::held::Held;
use crate::{EngineError, library};

/// Blocks the stop signals in this thread, and thereby in all threads started from here on.
pub(crate) fn block() -> Result<SigSet, EngineError> {
    let signals = SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP]);
    signals.thread_block()?;
    Ok(signals)
}

/// Starts the thread that waits for a stop signal. `stopping` is set before the engine is let go, so that whoever sees
/// the engine return knows that it was asked to.
pub(crate) fn stop_on_signal(
    signals: SigSet,
    held: Held,
    stopping: Arc<AtomicBool>,
) -> Result<(), EngineError> {
    thread::Builder::new().name("stop-signal".to_owned()).spawn(move || {
        // Waiting fails only for an invalid set; then stopping is the safe answer too.
        let _first = signals.wait();
        stopping.store(true, Ordering::SeqCst);
        drop(held);
        let _second = signals.wait();
        library::leave(130)
    })?;
    Ok(())
}
