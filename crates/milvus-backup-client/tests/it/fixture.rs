//! A double, and a connection to it.

use std::sync::Arc;
use std::time::Duration;

use milvus_backup_client::{ConnectionOptions, MilvusConnection};
use milvus_backup_core::RetryPolicy;
use milvus_backup_testkit::fakes::{Double, Version};

/// Releases before and after patches that matter, and the newest that were seen.
pub(crate) const VERSIONS: [Version; 6] = [
    Version::new(2, 4, 20),
    Version::new(2, 4, 24),
    Version::new(2, 5, 27),
    Version::new(2, 6, 2),
    Version::new(2, 6, 24),
    Version::new(3, 0, 2),
];

/// Starts a double, and connects to it.
pub(crate) async fn started(version: Version) -> (Arc<Double>, Arc<MilvusConnection>) {
    let double = Arc::new(Double::start(version));
    let connection = connected(&double).await;
    (double, connection)
}

/// Connects to a double: calls are tried again at once.
pub(crate) async fn connected(double: &Double) -> Arc<MilvusConnection> {
    let mut options = ConnectionOptions::new(double.uri());
    options.retry = RetryPolicy { max_retries: 3, delay: Duration::from_millis(1) };
    Arc::new(MilvusConnection::connect(options).await.unwrap())
}
