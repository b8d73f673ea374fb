//! "Whether generated primary keys can be supplied on insert while `autoID` stays on."

use milvus_backup_core::PreserveAutoId;

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused};
use crate::fakes::samples;

/// Keys that are left out are generated, and no two are the same. Keys that are supplied are kept, or refused.
pub(super) async fn generated_keys_are_kept_or_refused(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let mut schema = samples::schema();
    schema.fields[0].auto_id = true;
    let name = subject.loaded_with("auto", &schema).await;
    let supplied = samples::rows(&schema, [i64::MIN + 7, i64::MIN + 5], "kept");
    let inserted = milvus.insert(&name, &schema, None, supplied).await;
    let kept = if expected.capabilities.preserve_auto_id == PreserveAutoId::Yes {
        assert_eq!(done(inserted), 2);
        assert_eq!(samples::keys_of(&subject.rows(&name, None).await), [i64::MIN + 5, i64::MIN + 7]);
        2
    } else {
        refused(inserted);
        0
    };
    let mut left_out = samples::rows(&schema, 0..3, "new");
    left_out.remove_column(0);
    assert_eq!(done(milvus.insert(&name, &schema, None, left_out).await), 3);
    let rows = subject.rows(&name, None).await;
    assert_eq!(rows.num_rows(), kept + 3);
    assert!(samples::keys_of(&rows).is_sorted_by(|a, b| a < b));
    assert_eq!(samples::texts(&rows)[kept..], ["new0", "new1", "new2"]);
    assert!(done(milvus.describe_collection(&name).await).schema.fields[0].auto_id);
    if expected.rows.numbers_rows {
        // Rows that were supplied count, and a generated key may be the one of another row.
        assert_eq!(samples::keys_of(&rows)[kept..], [3, 4, 5]);
        assert_eq!(done(milvus.insert(&name, &schema, None, samples::rows(&schema, [7], "lost")).await), 1);
        let mut left_out = samples::rows(&schema, [8], "new");
        left_out.remove_column(0);
        assert_eq!(done(milvus.insert(&name, &schema, None, left_out).await), 1);
        let rows = subject.rows(&name, None).await;
        assert_eq!(samples::texts(&rows)[kept..], ["new0", "new1", "new2", "new8"]);
    }
    subject.forget(&name).await;
}
