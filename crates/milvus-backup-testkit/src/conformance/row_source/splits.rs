//! "Keys that split the rows of a partition into about `parts` parts."

use std::time::Duration;

use milvus_backup_core::KeyRange;

use crate::conformance::Subject;
use crate::conformance::expectations::done;
use crate::fakes::samples;

/// How often a server is asked that samples keys without waiting for the newest.
const ATTEMPTS: usize = 50;

/// "Fewer or none where that cannot be told cheaply; in ascending order, each once."
pub(super) async fn keys_split_a_partition_into_parts(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let schema = samples::schema();
    let missing = subject.fresh("split_missing").await;
    assert_eq!(done(milvus.split_keys(&missing, &schema, None, 100, 4).await), Vec::<String>::new());
    let name = subject.loaded("split").await;
    subject.insert(&name, None, 0..100, "a").await;
    // With all of them.
    assert_eq!(subject.count(&name, None).await, 100);
    let mut keys = done(milvus.split_keys(&name, &schema, None, 100, 4).await);
    if !expected.rows.splits {
        assert_eq!(keys, Vec::<String>::new());
        return subject.forget(&name).await;
    }
    for _ in 0..ATTEMPTS {
        if keys.len() == 3 {
            break;
        }
        subject.pause(Duration::from_millis(100)).await;
        keys = done(milvus.split_keys(&name, &schema, None, 100, 4).await);
    }
    let numbers: Vec<i64> = keys.iter().map(|key| key.parse().unwrap()).collect();
    assert_eq!(numbers, [25, 50, 75]);
    let mut all = Vec::new();
    for range in KeyRange::between(&keys) {
        let pages = done(subject.pages(&name, None, range, 1 << 20).await);
        let part: Vec<i64> = pages.iter().flat_map(samples::keys_of).collect();
        assert!((20..=30).contains(&part.len()), "{} rows", part.len());
        all.extend(part);
    }
    assert_eq!(all, (0..100).collect::<Vec<_>>());
    assert_eq!(done(milvus.split_keys(&name, &schema, Some("nope"), 100, 4).await), Vec::<String>::new());
    subject.forget(&name).await;
    of_texts(subject).await;
}

async fn of_texts(subject: &Subject) {
    let (milvus, schema) = (&subject.milvus, samples::text_schema());
    let name = subject.loaded_with("split_texts", &schema).await;
    done(milvus.insert(&name, &schema, None, samples::rows(&schema, 100..200, "a")).await);
    assert_eq!(subject.count(&name, None).await, 100);
    let mut keys = Vec::new();
    for _ in 0..ATTEMPTS {
        keys = done(milvus.split_keys(&name, &schema, None, 100, 4).await);
        if keys.len() == 3 {
            break;
        }
        subject.pause(Duration::from_millis(100)).await;
    }
    assert_eq!(keys, ["key-124", "key-149", "key-174"]);
    subject.forget(&name).await;
}
