//! What a stack made outside its processes, and how it is removed.

use bataudit_kafka::Topics;

use crate::clickhouse::ClickHouse;
use crate::services::Services;
use crate::{control, kafka};

/// Removes what a stack made outside its processes. Dropped after they have ended.
#[derive(Debug)]
pub(crate) struct Cleanup {
    pub(crate) services: Services,
    pub(crate) brokers: String,
    pub(crate) topics: Topics,
    pub(crate) name: String,
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        let Self { services, brokers, topics, name } = self;
        let (services, brokers, topics, name) =
            (services.clone(), brokers.clone(), topics.clone(), name.clone());
        let left = blocking(async move || {
            let url = &services.clickhouse_url;
            let clickhouse = ClickHouse::at(url, &services.clickhouse_user, &services.clickhouse_password);
            let dropped =
                clickhouse.try_ask(&format!("DROP DATABASE IF EXISTS `{name}` SYNC")).await.map(drop);
            let removed = control::remove(&services.postgres_url, &name).await;
            // The brokers may have been the test's own, and be gone already.
            let topics = if brokers == services.kafka {
                kafka::remove(&brokers, &topics, &name).await
            } else {
                Ok(())
            };
            [dropped, removed, topics].into_iter().filter_map(Result::err).collect::<Vec<_>>()
        });
        if !left.is_empty() {
            println!("left behind: {left:?}");
        }
    }
}

/// Runs a future to its end on a thread of its own, wherever the caller stands.
pub(crate) fn blocking<T: Send + 'static, F: Future<Output = T>>(
    work: impl FnOnce() -> F + Send + 'static,
) -> T {
    let thread = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work())
    });
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
