//! How far the demo in a folder is, so that a later start goes on with it and fills nothing twice.

use std::path::Path;
use std::{fs, io};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::fill::Made;
use super::story::plan::Terms;
use crate::cli::Demo;
use crate::private_file;

/// The file within the data folder. Only its owner can read it: it holds logins.
const FILE: &str = "demo-state.json";

/// Somebody who can sign in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password: String,
}

/// What was asked for, and what was made.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) seed: u64,
    pub(crate) events: u32,
    pub(crate) fixed_rhythm: bool,
    pub(crate) nasty: bool,
    /// When the past ends, unix milliseconds.
    pub(crate) now: i64,
    /// The owner first, then one of each role.
    pub(crate) people: Vec<Login>,
    /// `None` until all of it is there.
    pub(crate) made: Option<Made>,
}

impl State {
    /// A demo that is still to be filled.
    pub(crate) fn new(asked: &Demo, now: i64) -> Self {
        let people = [
            ("owner", "Ada Lindqvist", "ada@bat.example"),
            ("admin", "Mateus da Silva", "mateus@bat.example"),
            ("auditor", "Siobhán O'Brien", "siobhan.o'brien@bat.example"),
            ("viewer", "王小明", "xiaoming@bat.example"),
        ];
        let login = |(role, name, email): (&str, &str, &str)| Login {
            role: role.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            password: super::password().expose().to_owned(),
        };
        Self {
            seed: asked.seed,
            events: asked.events,
            fixed_rhythm: asked.fixed_rhythm,
            nasty: asked.nasty,
            now,
            people: people.map(login).into(),
            made: None,
        }
    }

    /// What its events are made from.
    pub(crate) fn terms(&self) -> Terms {
        let Self { seed, now, events, fixed_rhythm, nasty, .. } = *self;
        Terms { seed, now, events, fixed_rhythm, nasty }
    }

    /// Whether the same is asked for.
    pub(crate) fn is_of(&self, asked: &Demo) -> bool {
        (self.seed, self.events, self.fixed_rhythm, self.nasty)
            == (asked.seed, asked.events, asked.fixed_rhythm, asked.nasty)
    }

    /// Whether a demo was begun in the folder.
    pub(crate) fn is_there(data: &Path) -> bool {
        data.join(FILE).exists()
    }

    /// The demo that was begun in the folder.
    pub(crate) fn read(data: &Path) -> anyhow::Result<Option<Self>> {
        let path = data.join(FILE);
        let content = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let state = serde_json::from_slice(&content);
        // The error would show a part of the content.
        state.ok().map(Some).with_context(|| {
            format!("{} is damaged, or of another version: begin anew with --fresh", path.display())
        })
    }

    /// Keeps it.
    pub(crate) fn write(&self, data: &Path) -> anyhow::Result<()> {
        let path = data.join(FILE);
        private_file::write(&path, &serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn asked(words: &[&str]) -> Demo {
        let words = ["bataudit", "demo"].iter().chain(words);
        match Cli::try_parse_from(words).unwrap().command {
            Command::Demo(asked) => asked,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_is_kept_and_knows_what_it_was_made_of() {
        let data = tempfile::tempdir().unwrap();
        assert!(State::read(data.path()).unwrap().is_none());
        let state = State::new(&asked(&["--events", "5"]), 1);
        state.write(data.path()).unwrap();
        let read = State::read(data.path()).unwrap().unwrap();
        assert!(read.is_of(&asked(&["--events", "5", "--no-live", "--json"])));
        assert!(
            !read.is_of(&asked(&["--events", "6"])) && !read.is_of(&asked(&["--events", "5", "--nasty"]))
        );
        assert_eq!(read.people[0].password, state.people[0].password);
        assert!(read.made.is_none());
    }

    #[test]
    fn a_damaged_file_says_what_to_do() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(FILE), "{\"seed\": \"hunter2\"}").unwrap();
        let error = State::read(data.path()).err().unwrap();
        let error = format!("{error:#}");
        assert!(error.contains("--fresh") && !error.contains("hunter2"), "{error}");
    }
}
