//! One service as a process of its own: configuration, logs, metrics, the admin listener and the
//! signals around it. The standalone binary runs several services in one process and does not use
//! this.

use std::fmt::Display;
use std::future::Future;
use std::io::Write as _;
use std::process::ExitCode;

use crate::admin::AdminServer;
use crate::env::{Env, Field};
use crate::health::Health;
use crate::metric::Metric;
use crate::shutdown::Shutdown;
use crate::telemetry::{LogConfig, Metrics};
use crate::version::{About, Asked};

/// Exit code of a process whose configuration is wrong, as of one called with wrong arguments.
const MISCONFIGURED: u8 = 2;

/// Runs `service` with the configuration that `configure` reads from the environment, until it
/// ends, a signal arrives, or the admin listener fails. `admin` is the admin listener's address, and
/// `metrics` is what the service exports there. Called with `--version` it says what `about` holds, and with words it
/// does not know how it is called.
///
/// All configuration problems are printed at once before anything starts.
pub async fn run<C, E, F>(
    about: &About,
    admin: &Field,
    metrics: &[&[Metric]],
    configure: impl FnOnce(&mut Env) -> C,
    service: impl FnOnce(C, Health, Shutdown) -> F,
) -> ExitCode
where
    E: Display,
    F: Future<Output = Result<(), E>>,
{
    match about.asked(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned())) {
        Asked::Run => {}
        Asked::Version(text) => return say(&text),
        Asked::Nothing(usage) => return fail(MISCONFIGURED, &usage),
    }
    let mut env = Env::from_process();
    let log = LogConfig::from_env(&mut env);
    let admin = env.address(admin);
    let config = configure(&mut env);
    if let Err(problems) = env.finish() {
        return fail(MISCONFIGURED, &problems);
    }
    log.start();
    let health = Health::new();
    let shutdown = match Shutdown::on_signals() {
        Ok(shutdown) => shutdown,
        Err(error) => return fail(1, &format_args!("cannot install signal handlers: {error}")),
    };
    let listener = AdminServer::new(health.clone(), Metrics::install(metrics)).serve(admin, shutdown.clone());
    let service = async {
        let ended = service(config, health, shutdown.clone()).await;
        shutdown.trigger();
        ended
    };
    let (listened, served) = tokio::join!(
        async {
            let ended = listener.await;
            shutdown.trigger();
            ended
        },
        service
    );
    match (listened, served) {
        (Ok(()), Ok(())) => ExitCode::SUCCESS,
        (Err(error), _) => fail(1, &error),
        (_, Err(error)) => fail(1, &error),
    }
}

fn say(text: &str) -> ExitCode {
    let said = std::io::stdout().write_all(text.as_bytes());
    said.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

/// Says why on standard error, where an operator looks first; the log may not be running yet.
fn fail(code: u8, why: &dyn Display) -> ExitCode {
    // Standard error may be closed; the exit code still tells.
    drop(writeln!(std::io::stderr(), "{why:#}"));
    ExitCode::from(code)
}
