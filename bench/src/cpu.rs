//! CPU time that a process or this thread has used, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// CPU time of all threads of a process so far.
///
/// # Errors
/// When there is no such process.
pub fn of(pid: u32) -> anyhow::Result<Duration> {
    let clock =
        clock_getcpuclockid(Pid::from_raw(pid.try_into()?)).with_context(|| format!("process {pid}"))?;
    Ok(clock_gettime(clock)?.into())
}

/// CPU time of this process so far.
///
/// # Errors
/// When the kernel has no such clock.
pub fn own() -> anyhow::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}

/// CPU time of this thread so far.
///
/// # Errors
/// When the kernel has no such clock.
pub fn own_thread() -> anyhow::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}

/// The most memory a process ever had resident, in bytes.
///
/// # Errors
/// When there is no such process.
pub fn peak_resident_bytes(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = line.split_whitespace().next().context("an empty VmHWM")?.parse()?;
    Ok(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted() {
        let before = (own().unwrap(), own_thread().unwrap());
        let began = std::time::Instant::now();
        let mut sum = 0_u64;
        while began.elapsed() < Duration::from_millis(60) {
            sum = sum.wrapping_mul(31).wrapping_add(7);
        }
        assert!(std::hint::black_box(sum) > 0);
        assert!(own().unwrap() > before.0);
        assert!(own_thread().unwrap() > before.1);
        assert!(peak_resident_bytes(std::process::id()).unwrap() > 1 << 16);
    }
}
