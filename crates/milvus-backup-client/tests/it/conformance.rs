//! Doubles of Milvus 2.4 to 3.0 keep the contracts of the traits through the client, as the servers do that can run here: the
//! end-to-end tests and the tests of the testkit run the same suites.

use milvus_backup_core::schema::FunctionKind;
use milvus_backup_testkit::conformance::{Subject, catalog, row_sink, row_source};
use milvus_backup_testkit::fakes::{ServerModel, Version};

use crate::fixture::started;

async fn subject(version: Version) -> Subject {
    let (double, milvus) = started(version).await;
    Subject { milvus, expected: as_believed(version), other: double }
}

/// What a server does, and what this client believes that it can do.
fn as_believed(version: Version) -> ServerModel {
    let mut model = ServerModel::milvus(version);
    let believed = &mut model.capabilities;
    // It is in the protocol, and in the documentation of no release.
    if version.at_least(3, 0, 0) {
        believed.schema.functions.insert(FunctionKind::MolFingerprint);
    }
    model
}

/// Runs each suite as a test of each release.
macro_rules! suites {
    ($($release:ident = $version:expr),+ $(,)?) => {
        $(mod $release {
            use super::*;

            #[tokio::test]
            async fn catalog() {
                catalog::run(&subject($version).await).await;
            }

            #[tokio::test]
            async fn row_source() {
                row_source::run(&subject($version).await).await;
            }

            #[tokio::test]
            async fn row_sink() {
                row_sink::run(&subject($version).await).await;
            }
        })+
    };
}

suites!(
    milvus_2_4 = Version::new(2, 4, 24),
    milvus_2_5 = Version::new(2, 5, 27),
    milvus_2_6 = Version::new(2, 6, 24),
    milvus_3_0 = Version::new(3, 0, 2),
);
