//! Decoders of documents against untrusted input: the files of golden backups, mutated.
//!
//! `PROPTEST_CASES` sets the number of mutations of each file; `cargo xtask fuzz` runs them for minutes. A decoder may
//! reject a document, and may accept one that is still valid; it must not panic.

use std::path::{Path, PathBuf};

use milvus_backup_core::{BackupMetadata, BackupSet, SetId};
use milvus_backup_testkit::mutation::{mutate, mutation};
use proptest::prelude::*;

use crate::documents::{
    ChecksumsDocument, IndexesDocument, MarkerDocument, PinDocument, ResumeDocument, SchemaDocument, StagingDocument,
    VerificationDocument, from_bytes, has_own_layout, manifest_from_bytes, metadata_from_bytes, set_from_bytes,
};
use crate::layout::{CHECKSUMS, INDEXES, MANIFEST, METADATA, REPOSITORY, SCHEMA, UNFINISHED, VERIFICATION};

/// Returns the directories of the golden backups of all versions.
fn golden() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compat");
    let mut pending = vec![compat];
    let mut found = Vec::new();
    while let Some(directory) = pending.pop() {
        if directory.join(METADATA).is_file() {
            found.push(directory.clone());
        }
        let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        pending.extend(entries.filter(|path| path.is_dir()));
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// Decodes a document with every decoder, because a file may have been moved to the path of another one.
fn decode_everything(bytes: &[u8]) {
    drop(metadata_from_bytes("backup", bytes));
    drop(serde_json::from_slice::<BackupMetadata>(bytes));
    drop(manifest_from_bytes("backup", bytes));
    drop(from_bytes::<ResumeDocument>("backup", UNFINISHED, bytes));
    drop(from_bytes::<StagingDocument>("backup", "staging.json", bytes));
    drop(from_bytes::<PinDocument>("collection", "pins/pin.json", bytes));
    drop(from_bytes::<MarkerDocument>("", REPOSITORY, bytes));
    drop(from_bytes::<SchemaDocument>("backup", SCHEMA, bytes));
    drop(from_bytes::<IndexesDocument>("backup", INDEXES, bytes));
    drop(from_bytes::<ChecksumsDocument>("backup", CHECKSUMS, bytes));
    drop(from_bytes::<VerificationDocument>("backup", VERIFICATION, bytes));
    drop(set_from_bytes(&SetId::new(jiff::Timestamp::UNIX_EPOCH, [0; 4]), bytes));
    drop(serde_json::from_slice::<BackupSet>(bytes).map(|set| set.validate()));
    let _ = has_own_layout(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_are_decoded_or_refused(
        backup in 0..golden().len(),
        file in prop::sample::select(vec![METADATA, MANIFEST, SCHEMA, INDEXES, CHECKSUMS, VERIFICATION]),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let bytes = std::fs::read(golden()[backup].join(file)).unwrap_or_default();
        decode_everything(&mutate(bytes, &mutations));
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decode_everything(&bytes);
    }
}
