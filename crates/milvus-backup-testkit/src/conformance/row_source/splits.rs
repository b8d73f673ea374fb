//! "Divides a unit for a second worker: the rows that stay, and the rows that it can take over."

use std::time::Duration;

use milvus_backup_core::schema::{CollectionSchema, PrimaryKey};
use milvus_backup_core::{CollectionName, ScanPosition, ScanSession, ScanUnit};

use super::units::keys_read;
use crate::conformance::Subject;
use crate::conformance::expectations::done;
use crate::fakes::samples;

/// How often a server is asked that samples keys without waiting for the newest.
const ATTEMPTS: usize = 50;

/// Rows of each of the collections here, and the parts into which they are to be divisible.
const ROWS: u64 = 100;
const PARTS: usize = 16;

/// The unit of the whole partition, once the server knows all keys.
async fn divisible(subject: &Subject, scan: &dyn ScanSession) -> ScanUnit {
    for _ in 0..ATTEMPTS {
        let unit = done(subject.unit(scan, None, ROWS, PARTS).await);
        if unit.parts == PARTS {
            return unit;
        }
        subject.pause(Duration::from_millis(100)).await;
    }
    panic!("a partition of {ROWS} rows is not divisible into {PARTS} parts")
}

async fn filled(subject: &Subject, name: &str, schema: &CollectionSchema) -> CollectionName {
    let name = subject.loaded_with(name, schema).await;
    done(subject.milvus.insert(&name, schema, None, samples::rows(schema, 100..200, "a")).await);
    // With all of them.
    assert_eq!(done(subject.try_count_of(&name, schema, None).await), ROWS);
    name
}

/// In the middle, where it is not read yet; not at all where that cannot be told cheaply.
pub(super) async fn a_unit_is_divided_for_a_second_worker(subject: &Subject) {
    let missing = subject.fresh("split_missing").await;
    let scan = subject.scan_without_moment(&missing, &samples::schema()).await;
    assert_eq!(done(subject.unit(scan.as_ref(), None, ROWS, PARTS).await).parts, 1);
    done(scan.close().await);
    let middle_of_texts = PrimaryKey::VarChar("key-147".into());
    for (name, schema, middle) in
        [("split", samples::schema(), PrimaryKey::Int64(150)), ("split_texts", samples::text_schema(), middle_of_texts)]
    {
        let name = filled(subject, name, &schema).await;
        let scan = done(subject.scan(&name, &schema).await);
        if subject.expected.rows.splits {
            let unit = divisible(subject, scan.as_ref()).await;
            let (first, second) = scan.split(&unit, &ScanPosition::Start).unwrap();
            let ends = [&first, &second].map(|unit| unit.keys().unwrap().clone());
            assert_eq!((&ends[0].after, &ends[1].up_to), (&None, &None));
            assert_eq!((&ends[0].up_to, &ends[1].after), (&Some(middle.clone()), &Some(middle)));
            assert_eq!([first.id, second.id], [unit.id; 2]);
            assert_eq!(first.parts + second.parts, PARTS);
        } else {
            let unit = done(subject.unit(scan.as_ref(), None, ROWS, PARTS).await);
            assert_eq!((unit.parts, scan.split(&unit, &ScanPosition::Start)), (1, None));
        }
        assert_eq!(done(subject.unit(scan.as_ref(), Some("nope"), ROWS, 1).await).parts, 1);
        done(scan.close().await);
        subject.forget(&name).await;
    }
}

/// "The first one keeps all that was read": together, both have what is left, and each row once.
pub(super) async fn the_rest_is_divided_after_the_rows_that_were_read(subject: &Subject) {
    if !subject.expected.rows.splits {
        return;
    }
    let name = filled(subject, "split_rest", &samples::schema()).await;
    let scan = done(subject.scan(&name, &samples::schema()).await);
    let unit = divisible(subject, scan.as_ref()).await;
    for last in [100, 117, 150, 170] {
        let read = ScanPosition::AfterKey(PrimaryKey::Int64(last));
        let (first, second) = scan.split(&unit, &read).unwrap();
        let mut keys = keys_read(scan.as_ref(), &first, &read).await;
        let given = keys_read(scan.as_ref(), &second, &ScanPosition::Start).await;
        assert!(!keys.is_empty() && !given.is_empty(), "{} rows stay, {} are given", keys.len(), given.len());
        keys.extend(given);
        assert_eq!(keys, (last + 1..200).collect::<Vec<_>>());
    }
    let at_the_end = ScanPosition::AfterKey(PrimaryKey::Int64(199));
    assert_eq!(scan.split(&unit, &at_the_end), None);
    done(scan.close().await);
    subject.forget(&name).await;
}
