//! A question to the person at the terminal, on standard error: standard output is for what was asked for.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::bail;

/// Whether the person agrees. `undone` says what has not happened, where nobody can be asked.
pub(crate) fn agreed(undone: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("nobody can be asked here: add --yes; {undone}");
    }
    io::stderr().write_all(b"Go on? [y/N] ")?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
