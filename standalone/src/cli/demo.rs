//! The command line of the demo.

use std::path::PathBuf;

use clap::Args;

/// What is made up, and where it goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// Folder for all data of the demo; made if missing, and never shared with a real installation
    #[arg(long, value_name = "FOLDER", default_value = "./data-demo")]
    pub(crate) data: PathBuf,
    /// How many events the past has
    #[arg(long, value_name = "N", default_value_t = 120_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub(crate) events: u32,
    /// Another number makes up other events; the same one, the same
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Day and night lie always the same hours back, whatever the clock says: for tests and pictures
    #[arg(long)]
    pub(crate) fixed_rhythm: bool,
    /// Nothing happens after the past was filled in: for tests and pictures
    #[arg(long)]
    pub(crate) no_live: bool,
    /// Texts that do harm where a page forgets to escape them: for tests
    #[arg(long)]
    pub(crate) nasty: bool,
    /// Remove what an earlier demo left in the folder, and begin anew
    #[arg(long)]
    pub(crate) fresh: bool,
    /// One line of JSON with addresses, logins and keys, in place of text
    #[arg(long)]
    pub(crate) json: bool,
}
