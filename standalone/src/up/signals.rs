//! The person at the terminal, and whoever else may stop us.
//!
//! In: SIGINT, SIGTERM, SIGHUP. Out: one shutdown; a second signal ends the process at once, and the kernel takes the
//! children along.

use std::io;

use bataudit_service::Shutdown;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

/// Exit code of a process that was stopped in a hurry, as shells report an interrupt.
const IN_A_HURRY: i32 = 130;

/// A shutdown that the first signal triggers.
pub(crate) fn watch() -> io::Result<Shutdown> {
    let shutdown = Shutdown::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let triggered = shutdown.clone();
    tokio::spawn(async move {
        for count in 1.. {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            if count > 1 {
                warn!("Asked twice to stop: ending at once.");
                std::process::exit(IN_A_HURRY);
            }
            info!("Stopping.");
            triggered.trigger();
        }
    });
    Ok(shutdown)
}
