//! Paths of rules: where in an event's JSON a value stands, as a JSON pointer (RFC 6901) that begins
//! with the field, in which `*` stands for any member or element.
//!
//! While a document is walked, one word of bits says which paths still fit; a step costs nothing where
//! none does.

use crate::redact::Redaction;

/// The most paths of a rule set. A masker has at most two sets, and one bit for each path.
pub(crate) const MOST: usize = 32;
/// The longest path, in steps.
const MOST_STEPS: usize = 32;

/// One compiled path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Any,
    Named(Box<[u8]>),
}

impl Path {
    /// Reads a path, or says in words why it is none. `fields` are those a path may begin with.
    pub(crate) fn parse(text: &str, fields: &[&str]) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err(format!("must begin with / and a field, such as /{}/customer/email", fields[0]));
        };
        let steps: Vec<_> =
            rest.split('/').map(step).collect::<Option<_>>().ok_or("has a ~ that is neither ~0 nor ~1")?;
        match &steps[0] {
            Step::Named(field) if !fields.iter().any(|known| known.as_bytes() == &**field) => {
                return Err(format!("must begin with one of the fields {}, or *", fields.join(", ")));
            }
            Step::Named(_) | Step::Any => {}
        }
        if !(2..=MOST_STEPS).contains(&steps.len()) {
            return Err(format!(
                "must have 2 to {MOST_STEPS} steps: the field, and where in it the value is"
            ));
        }
        Ok(Self(steps))
    }
}

fn step(text: &str) -> Option<Step> {
    if text == "*" {
        return Some(Step::Any);
    }
    let plain = text.replace("~1", "/").replace("~0", "~");
    // Every ~ begins one of the two.
    let tildes = text.matches('~').count();
    (text.matches("~0").count() + text.matches("~1").count() == tildes)
        .then(|| Step::Named(plain.into_bytes().into_boxed_slice()))
}

/// Which paths fit the place where the walk is, and how far along they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Active {
    bits: u64,
    depth: u8,
}

impl Active {
    /// No path fits, nor will one below.
    pub(crate) const NONE: Self = Self { bits: 0, depth: 0 };
}

/// The paths of a masker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paths(Vec<(Path, Redaction)>);

impl Paths {
    /// Adds a path. Rule sets are checked to have few enough; more would not fit, so the last one
    /// A path of a checked rule set.
    pub(crate) fn add(&mut self, path: Path, redaction: Redaction) {
        self.0.push((path, redaction));
    }

    /// At the top of a field.
    pub(crate) fn field(&self, name: &str) -> Active {
        self.fitting(0, |step| step.is_none_or(|known| known == name.as_bytes()))
    }

    /// At the top of a document of no particular field: those that begin with `*`.
    pub(crate) fn anywhere(&self) -> Active {
        self.fitting(0, |step| step.is_none())
    }

    fn fitting(&self, depth: usize, fits: impl Fn(Option<&[u8]>) -> bool) -> Active {
        let bits = self.0.iter().enumerate().filter(|(_, (path, _))| match path.0.get(depth) {
            Some(Step::Any) => fits(None),
            Some(Step::Named(name)) => fits(Some(name)),
            None => false,
        });
        Active { bits: bits.fold(0, |bits, (index, _)| bits | 1 << index), depth: 1 }
    }

    /// A step into a member: what fits there, and what becomes of it.
    #[inline]
    pub(crate) fn member(&self, at: Active, key: &[u8]) -> (Active, Option<Redaction>) {
        self.step(at, |name| name == key)
    }

    /// A step into an element of an array.
    #[inline]
    pub(crate) fn element(&self, at: Active, index: usize) -> (Active, Option<Redaction>) {
        self.step(at, |name| std::str::from_utf8(name).is_ok_and(|name| name.parse() == Ok(index)))
    }

    #[inline]
    fn step(&self, at: Active, named: impl Fn(&[u8]) -> bool) -> (Active, Option<Redaction>) {
        if at.bits == 0 {
            return (Active::NONE, None);
        }
        self.fitting_step(at, named)
    }

    fn fitting_step(&self, at: Active, named: impl Fn(&[u8]) -> bool) -> (Active, Option<Redaction>) {
        let (mut next, mut hit) = (Active { bits: 0, depth: at.depth.saturating_add(1) }, None);
        let mut left = at.bits;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            let Some((path, redaction)) = self.0.get(index) else { continue };
            let fits = match path.0.get(usize::from(at.depth)) {
                Some(Step::Any) => true,
                Some(Step::Named(name)) => named(name),
                None => false,
            };
            if fits && path.0.len() == usize::from(at.depth) + 1 {
                hit = hit.max(Some(*redaction));
            } else if fits {
                next.bits |= 1 << index;
            }
        }
        (next, hit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 2] = ["request_body", "response_body"];

    fn paths(all: &[&str]) -> Paths {
        let mut paths = Paths::default();
        for path in all {
            paths.add(Path::parse(path, &FIELDS).unwrap(), Redaction::Mask);
        }
        paths
    }

    #[test]
    fn a_path_is_followed_step_by_step() {
        let paths = paths(&["/request_body/a/b~1c", "/*/items/*/ref", "/request_body/items/1"]);
        let body = paths.field("request_body");
        let (a, hit) = paths.member(body, b"a");
        assert_eq!(hit, None);
        assert_eq!(paths.member(a, b"b/c").1, Some(Redaction::Mask));
        assert_eq!(paths.member(a, b"b").1, None);
        let (items, _) = paths.member(body, b"items");
        assert_eq!(paths.element(items, 1).1, Some(Redaction::Mask));
        let (item, hit) = paths.element(items, 0);
        assert_eq!(hit, None);
        assert_eq!(paths.member(item, b"ref").1, Some(Redaction::Mask));
        let (other, _) = paths.member(paths.field("response_body"), b"a");
        assert_eq!(other.bits, 0);
    }

    #[test]
    fn unusable_paths_say_why() {
        for (path, why) in [
            ("request_body/a", "must begin with /"),
            ("/body/a", "must begin with one of the fields"),
            ("/request_body", "must have 2 to 32 steps"),
            ("/request_body/a~2", "has a ~"),
        ] {
            let error = Path::parse(path, &FIELDS).unwrap_err();
            assert!(error.starts_with(why), "{path}: {error}");
        }
    }
}
