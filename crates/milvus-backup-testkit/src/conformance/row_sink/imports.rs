//! "Lets the server read a Parquet file by itself (bulk import)."

use milvus_backup_core::{Error, Hint};

use crate::conformance::Subject;
use crate::conformance::expectations::{done, unsupported};
use crate::fakes::samples;

/// "Returns the number of rows"; "a file that is imported twice is there twice"; `Refused` "with the server's reason".
pub(super) async fn a_file_is_read_by_the_server(subject: &Subject) {
    let Subject { milvus, expected, other } = subject;
    let name = subject.created("import").await;
    if !expected.capabilities.bulk_import {
        unsupported(milvus.import_file(&name, None, "/nowhere.parquet").await);
        return subject.forget(&name).await;
    }
    done(milvus.create_partition(&name, "p1").await);
    let file = other.put_file("rows", samples::rows(&samples::schema(), 0..20, "a")).await;
    assert_eq!(done(milvus.import_file(&name, Some("p1"), &file).await), 20);
    assert_eq!(done(milvus.stored_rows(&name, Some("p1")).await), 20);
    assert_eq!(done(milvus.stored_rows(&name, Some("_default")).await), 0);
    assert_eq!(done(milvus.import_file(&name, Some("p1"), &file).await), 20);
    assert_eq!(done(milvus.stored_rows(&name, None).await), 40);
    let nowhere = milvus.import_file(&name, None, "/nowhere.parquet").await;
    match nowhere {
        Err(Error::Refused { reason, hint: Hint::Insert }) => assert!(reason.contains("/nowhere.parquet"), "{reason}"),
        other => panic!("{other:?}"),
    }
    done(milvus.create_index(&name, &samples::index()).await);
    done(milvus.load_collection(&name, None).await);
    assert_eq!(subject.count(&name, Some("p1")).await, 40);
    assert_eq!(samples::keys_of(&subject.rows(&name, Some("p1")).await), (0..20).collect::<Vec<_>>());
    subject.forget(&name).await;
}
