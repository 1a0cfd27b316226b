//! Which secrets the keys are made of. In: the environment. Out: secrets, the current one first.

use bataudit_service::{Env, Field, Secret};

/// The secret that seals.
pub const SECRET: Field = Field::optional(
    "BATAUDIT_CONTROL_SEAL_SECRET",
    "Secret that seals what the control store must be able to read again: addresses and secrets of webhooks, the key of Web \
     Push. At least 32 bytes, e.g. from `openssl rand -hex 32`, the same for sentinel, query-api and `bataudit import`; \
     keep a copy apart from the database's. PostgreSQL needs it; for a SQLite file one is made beside it.",
);
/// Secrets that sealed before.
pub const PREVIOUS: Field = Field::optional(
    "BATAUDIT_CONTROL_SEAL_SECRET_PREVIOUS",
    "Earlier values of BATAUDIT_CONTROL_SEAL_SECRET, separated by commas: what they sealed opens, and is sealed anew at the \
     next start.",
);

/// The least bytes of a secret.
const LEAST: usize = 32;

/// Reads the secrets, the one that seals first.
pub(crate) fn from_env(env: &mut Env) -> Vec<Secret> {
    let current = env.secret(&SECRET);
    let previous = env.list(&PREVIOUS);
    let is_weak = |text: &str| text.len() < LEAST;
    let problem = "is too short: 32 bytes or more, e.g. from `openssl rand -hex 32`";
    env.check(!current.as_ref().is_some_and(|secret| is_weak(secret.expose())), &SECRET, problem);
    env.check(
        !previous.iter().any(|text| is_weak(text)),
        &PREVIOUS,
        format_args!("has a secret that {problem}"),
    );
    env.check(
        current.is_some() || previous.is_empty(),
        &SECRET,
        format_args!("is not set, and {} is", PREVIOUS.name),
    );
    current.into_iter().chain(previous.into_iter().map(Secret::new)).collect()
}

/// A server's store needs one.
pub(crate) fn required(env: &mut Env, secrets: &[Secret]) {
    env.check(!secrets.is_empty(), &SECRET, format_args!("is not set. {}", SECRET.doc));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ones_are_refused_and_not_quoted() {
        let long = "0123456789abcdef0123456789abcdef";
        let problems = |pairs: &[(&str, &str)]| {
            let mut env = Env::from_pairs(pairs.iter().copied());
            let secrets = from_env(&mut env);
            env.finish().map(|()| secrets.len()).map_err(|error| error.to_string())
        };
        assert_eq!(problems(&[]), Ok(0));
        assert_eq!(problems(&[(SECRET.name, long), (PREVIOUS.name, &format!("{long}, {long}x"))]), Ok(3));
        let short = problems(&[(SECRET.name, "hunter2"), (PREVIOUS.name, "hunter3")]).unwrap_err();
        assert!(short.contains("2 problem(s)") && !short.contains("hunter"), "{short}");
        assert!(problems(&[(PREVIOUS.name, long)]).unwrap_err().contains("is not set, and"));
    }
}
