//! A masker for every project. Immutable once made.

use std::collections::HashMap;
use std::sync::Arc;

use crate::mask::Masker;

/// The maskers in force at one moment.
#[derive(Debug)]
pub struct Book {
    base: Arc<Masker>,
    projects: HashMap<[u8; 16], Arc<Masker>>,
}

impl Book {
    /// One masker for every project.
    #[must_use]
    pub fn new(base: Masker) -> Self {
        Self { base: Arc::new(base), projects: HashMap::new() }
    }

    /// The same, with projects that have their own.
    #[must_use]
    pub fn with_projects(base: Arc<Masker>, projects: HashMap<[u8; 16], Arc<Masker>>) -> Self {
        Self { base, projects }
    }

    /// The masker of a project's events.
    #[must_use]
    pub fn masker(&self, project_id: &[u8; 16]) -> &Masker {
        self.projects.get(project_id).unwrap_or(&self.base)
    }

    /// Version of the rules that every project has at least.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.base.version()
    }
}
