//! Which rules mask which event: the built-in ones, those of the installation's file, and those of the
//! event's project, which come through the access topic.
//!
//! In: records of that topic. Out: a [`Book`], swapped whole, with a masker for every project. Rules
//! that cannot be used hold everything: until they can, the lanes take no record. So nothing is
//! masked by less than was asked for, and nothing is lost either.

mod book;
mod follow;

use std::sync::Arc;

use tokio::sync::watch;

pub use book::Book;
pub use follow::{Follower, follow};

use crate::mask::{Masker, RuleFile};

/// The rules in force, shared by everything that masks. Clones share one state.
#[derive(Debug, Clone)]
pub struct Rules {
    state: Arc<watch::Sender<State>>,
}

#[derive(Debug)]
struct State {
    book: Arc<Book>,
    /// Why no record may be taken now.
    held: Option<String>,
}

impl Rules {
    /// Rules of a file, or the built-in ones alone, for every project. Held until the rules of the
    /// projects are known.
    #[must_use]
    pub fn of_file(file: Option<&RuleFile>) -> Self {
        Self::with(
            Book::new(Masker::new(file, None)),
            Some("the rules of the projects are not read yet".to_owned()),
        )
    }

    /// The same rules for every project, for good.
    #[must_use]
    pub fn fixed(masker: Masker) -> Self {
        Self::with(Book::new(masker), None)
    }

    fn with(book: Book, held: Option<String>) -> Self {
        Self { state: Arc::new(watch::Sender::new(State { book: Arc::new(book), held })) }
    }

    /// The newest rules that can be used.
    #[must_use]
    pub fn book(&self) -> Arc<Book> {
        self.state.borrow().book.clone()
    }

    /// Resolves when records may be taken: at once, but for rules that are not known or not usable.
    pub async fn usable(&self) {
        // The sender lives as long as `self`.
        drop(self.state.subscribe().wait_for(|state| state.held.is_none()).await);
    }

    /// Why no record may be taken, where none may.
    #[must_use]
    pub fn held(&self) -> Option<String> {
        self.state.borrow().held.clone()
    }

    fn replace(&self, book: Book) {
        self.state.send_replace(State { book: Arc::new(book), held: None });
    }

    /// Stops the lanes; the book stays for what was taken before.
    fn hold(&self, why: String) {
        self.state.send_modify(|state| state.held = Some(why));
    }
}
