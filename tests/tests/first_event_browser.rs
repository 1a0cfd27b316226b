//! The first-event guide in a real browser, on a fresh `bataudit up`: sign in, make a key, paste the
//! command, see the event. The pictures stay in `target/test-artifacts/first_event_browser`.

use std::process::Stdio;
use std::time::Duration;

use bataudit_e2e::binaries;
use bataudit_e2e::embedded::Installation;
use tokio::process::Command;

/// The longest the browser may take for all of it.
const WITHIN: Duration = Duration::from_secs(180);

#[tokio::test]
async fn the_guide_works_in_a_browser() {
    let installation = Installation::new("first_event_browser");
    let up = installation.up().await;
    let printed = up.printed();
    let mut browser = Command::new("npm");
    browser
        .args(["run", "e2e:real"])
        .current_dir(binaries::in_checkout("dashboard"))
        .env("BATAUDIT_BASE_URL", &up.api_url)
        .env("BATAUDIT_INGEST_URL", &up.ingest_url)
        .env("OWNER_EMAIL", &printed.email)
        .env("OWNER_PASSWORD", &printed.password)
        .env("BATAUDIT_ARTIFACTS", binaries::artifact("first_event_browser", "pictures"))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    // Its output goes where this test's output goes.
    let status = tokio::time::timeout(WITHIN, browser.status()).await;
    let status = status.expect("the browser ends in time").expect("npm runs");
    assert!(status.success(), "the browser's test failed; its output is above");
}
