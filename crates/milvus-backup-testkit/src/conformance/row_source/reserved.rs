//! Primary keys whose name the server's expressions reserve.

use std::sync::Arc;

use arrow_array::RecordBatch;
use milvus_backup_core::schema::{PrimaryKey, arrow_schema};
use milvus_backup_core::{KeyRange, ScanPosition};

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused_as};
use crate::fakes::samples;

/// Rows can be read and counted all the same, from the first to the last or from a key on, where they can be read by
/// position. They cannot be counted key by key.
pub(super) async fn a_key_that_expressions_reserve_is_read_by_position(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let mut schema = samples::schema();
    assert!(expected.rows.reserved_keys.contains("like"));
    "like".clone_into(&mut schema.fields[0].name);
    let name = subject.loaded_with("reserved", &schema).await;
    let columns = samples::rows(&samples::schema(), 0..20, "a").columns().to_vec();
    let rows = RecordBatch::try_new(Arc::new(arrow_schema(&schema).unwrap()), columns).unwrap();
    done(milvus.insert(&name, &schema, None, rows).await);
    done(milvus.flush(&name).await);
    done(milvus.require_readable(&name, &schema, &["_default".to_owned()]).await);
    let counted = subject.try_count_of(&name, &schema, None).await;
    let pages = subject.pages_of(&name, &schema, None, KeyRange::default(), 200).await;
    if !expected.rows.reads_by_position {
        refused_as(counted, &expected.family.unparsable("like"));
        refused_as(pages, &expected.family.unparsable("like"));
        return subject.forget(&name).await;
    }
    assert_eq!(done(counted), 20);
    let pages = done(pages);
    assert!(pages.len() > 1);
    let texts: Vec<String> = pages.iter().flat_map(samples::texts).collect();
    assert_eq!(texts, (0..20).map(|key| format!("a{key}")).collect::<Vec<_>>());
    let range = KeyRange { after: Some(PrimaryKey::Int64(5)), up_to: None };
    let from_a_key_on = done(subject.pages_of(&name, &schema, None, range, 200).await);
    let texts: Vec<String> = from_a_key_on.iter().flat_map(samples::texts).collect();
    assert_eq!(texts, (6..20).map(|key| format!("a{key}")).collect::<Vec<_>>());
    refused_as(subject.try_census(&name, &schema).await, &expected.family.unparsable("like"));
    let scan = done(subject.scan(&name, &schema).await);
    let unit = done(subject.unit(scan.as_ref(), None, 20, 4).await);
    assert_eq!((unit.parts, scan.split(&unit, &ScanPosition::Start)), (1, None));
    done(scan.close().await);
    subject.forget(&name).await;
}
