//! The example environment is what the code reads, and no file of ours names a variable that nothing
//! reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bataudit_e2e::binaries::{in_checkout, path};

/// First line of what `bataudit env` prints; above it stands a word to the reader.
const FIRST_GROUP: &str = "### ";
/// What our variables begin with.
const OURS: [&str; 4] = ["BATAUDIT_", "JWT_SECRET", "INITIAL_OWNER_", "TIERING_"];
/// Of the scripts and tests of this checkout, not of the product.
const OF_THE_CHECKOUT: [&str; 6] = [
    "BATAUDIT_TEST_",
    "BATAUDIT_DEV_",
    "BATAUDIT_BIN",
    "BATAUDIT_BUILD_",
    "BATAUDIT_UP_LOG",
    "BATAUDIT_CRASH_AT",
];

/// What `bataudit env` prints.
fn list() -> String {
    let output = Command::new(path("bataudit")).arg("env").env_clear().output().expect("bataudit env runs");
    assert!(output.status.success(), "bataudit env failed");
    String::from_utf8(output.stdout).expect("text")
}

/// The variables that `bataudit env` lists.
fn known() -> BTreeSet<String> {
    let list = list();
    let assignments = list.lines().filter(|line| !line.starts_with("# "));
    let names = assignments.filter_map(|line| Some(line.strip_prefix('#')?.split_once('=')?.0.to_owned()));
    names.collect()
}

/// The words of a text that look like variables of ours.
fn mentioned(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| OURS.iter().any(|start| word.starts_with(start) && *word != "BATAUDIT_"));
    ours.filter(|word| !OF_THE_CHECKOUT.iter().any(|start| word.starts_with(start)))
        .map(str::to_owned)
        .collect()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn the_example_is_what_the_code_reads() {
    let example = read(&in_checkout(".env.example"));
    let start = example.find(FIRST_GROUP).unwrap_or_default();
    assert!(
        example[start..] == list(),
        ".env.example is not what the code reads. Keep its first lines, and replace the rest:\n\
         {{ sed '/^### /,$d' .env.example; target/debug/bataudit env; }} > target/env && mv target/env .env.example"
    );
}

#[test]
fn every_declared_variable_is_listed() {
    let known = known();
    let mut declared = BTreeSet::new();
    for folder in ["crates", "ingest", "processor", "query-api", "sentinel", "standalone"] {
        for file in sources(&in_checkout(folder)) {
            let text = read(&file);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let fields =
                code.split("Field::").skip(1).filter_map(|rest| rest.split_once('(').map(|(_, rest)| rest));
            let names = fields.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
            declared.extend(names.flat_map(mentioned));
        }
    }
    assert!(declared.len() > 30, "the search found only {declared:?}");
    let unlisted: Vec<_> = declared.difference(&known).collect();
    assert!(unlisted.is_empty(), "declared, but in no FIELDS list: {unlisted:?}");
    let undeclared: Vec<_> = known.difference(&declared).collect();
    assert!(undeclared.is_empty(), "listed, but the search did not find where: {undeclared:?}");
}

#[test]
fn deployment_and_documents_name_known_variables_only() {
    let known = known();
    let mut wrong = Vec::new();
    let files = [
        "docker-compose.yml",
        "deploy/docker/Dockerfile",
        "deploy/docker/compose.cluster.yml",
        "deploy/docker/compose.env.example",
        "deploy/docker/compose.small.yml",
        "deploy/dev/env",
        "README.md",
        "CONTRIBUTING.md",
    ];
    let pages = fs::read_dir(in_checkout("docs")).expect("the pages").flatten().map(|page| page.path());
    let pages = pages.filter(|page| page.extension().is_some_and(|extension| extension == "md"));
    for file in files.iter().map(|file| in_checkout(file)).chain(pages) {
        // `BATAUDIT_SMTP_…` stands for all that begin so.
        let is_known = |name: &String| {
            known.contains(name) || name.ends_with('_') && known.iter().any(|known| known.starts_with(name))
        };
        let unknown: Vec<_> = mentioned(&read(&file)).into_iter().filter(|name| !is_known(name)).collect();
        if !unknown.is_empty() {
            wrong.push(format!("{}: {unknown:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "variables that nothing reads:\n{}", wrong.join("\n"));
}

/// All Rust files below the `src` folders of a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
