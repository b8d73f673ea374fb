//! Damage at every place there is: each byte of each file of a backup changed and cut off, each member of each document
//! given another value, files exchanged.
//!
//! In an object store, where each verification takes several requests, only a sample of the bytes is changed. The backup is made by the command. The verifications, tens of thousands, run in this process.

use std::collections::BTreeMap;

use milvus_backup_core::{
    BackupId, CollectionRef, Error, RowFormat as _, Silent, VerificationParams, VerificationType,
};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::{Storage, StoreOptions};
use milvus_backup_store_local::ParquetFormat;
use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, forget},
    milvus_br::MilvusBr,
    root::Place,
};
use serde_json::{Value, json};

in_a_directory_and_a_store!(changed_or_cut_off, exchanged);

/// A backup, and what verifies it.
struct Subject {
    _br: MilvusBr,
    files: BackupFiles,
    whole: BTreeMap<String, Vec<u8>>,
    repository: RepositoryHandle,
    collection: CollectionRef,
    backup: BackupId,
    runtime: tokio::runtime::Runtime,
}

impl Subject {
    fn new(name: &str, place: Place) -> Self {
        let name = &*place.named(name);
        Plain::on(ServerKind::Lite322, name).partition("_default", 6).partition("p1", 4).dim(2).make();
        let br = MilvusBr::on(ServerKind::Lite322).placed(place);
        let backup = br.create(&[name, "--no-verify"]);
        forget(ServerKind::Lite322, &[name]);
        let files = BackupFiles::find(&br, &backup);
        let options = StoreOptions::default().with_environment(br.files().environment());
        let storage = Storage::open_with(&br.files().argument(), &options).unwrap();
        Self {
            whole: files.content(),
            files,
            repository: RepositoryHandle::new(storage),
            collection: CollectionRef::new("", name.parse().unwrap()).unwrap(),
            backup: backup.parse().unwrap(),
            runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap(),
            _br: br,
        }
    }

    /// The files that a verification names, or the error that it ends with.
    fn verify(&self, params: &VerificationParams) -> Result<Vec<String>, Error> {
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        let format = ParquetFormat::new(self.repository.clone());
        let content = format.content_check();
        let verification = self.repository.verify_backup(&self.collection, &self.backup, params, now, content, &Silent);
        let verified = self.runtime.block_on(verification)?;
        assert_eq!(verified.success, verified.errors.is_empty());
        Ok(verified.errors.into_iter().map(|finding| finding.file).collect())
    }

    /// Every finding of a verification of all bytes.
    fn findings(&self) -> Result<Vec<String>, Error> {
        let mut all = VerificationParams::checksum();
        all.fail_fast = false;
        self.verify(&all)
    }

    /// Verifies with `file` changed to `bytes`, and puts it back.
    fn require_seen(&self, file: &str, bytes: &[u8], damage: &str) {
        self.files.write(file, bytes);
        match self.findings() {
            Ok(found) => assert!(found.iter().any(|named| named == file), "{damage} of {file} names {found:?}"),
            // A version that is too new.
            Err(Error::UnsupportedFormatVersion { path, .. }) => assert!(path.ends_with(file), "{path}"),
            Err(error) => panic!("{damage} of {file}: {error}"),
        }
        self.files.write(file, &self.whole[file]);
    }

    fn documents(&self) -> impl Iterator<Item = &String> {
        self.whole.keys().filter(|file| !file.starts_with("data/"))
    }
}

fn changed_or_cut_off(place: Place) {
    let subject = Subject::new("byte_changed", place);
    // Seven and five do not divide it, so that every kind of damage is done.
    let step = if place == Place::Directory { 1 } else { 101 };
    assert_eq!(subject.findings().unwrap(), Vec::<String>::new());
    assert!(subject.whole.len() >= 6, "{:?}", subject.whole.keys());
    let mut quick = VerificationParams::checksum();
    (quick.verification_type, quick.sample_size, quick.seed) = (VerificationType::Quick, 100.0, Some(1));
    quick.fail_fast = false;
    for (file, bytes) in &subject.whole {
        for place in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            subject.require_seen(file, &changed, &format!("a changed bit in byte {place}"));
            // A length that was written last is the likeliest: a write that did not come to its end.
            if place % 7 == 0 {
                subject.require_seen(file, &bytes[..place], &format!("the loss of all bytes from {place} on"));
            }
            // Without digests of data files, rows are decoded from damaged ones.
            if file.starts_with("data/") && place % 5 == 0 {
                subject.files.write(file, &changed);
                subject.verify(&quick).unwrap();
                subject.files.write(file, bytes);
            }
        }
    }
    assert_eq!(subject.findings().unwrap(), Vec::<String>::new());
}

fn exchanged(place: Place) {
    let subject = Subject::new("byte_exchanged", place);
    let files: Vec<&String> = subject.whole.keys().collect();
    for first in &files {
        for second in files.iter().filter(|second| first < *second) {
            subject.files.write(first, &subject.whole[*second]);
            subject.files.write(second, &subject.whole[*first]);
            let found = subject.findings().unwrap();
            assert!(found.contains(first) || found.contains(second), "{first} and {second}: {found:?}");
            subject.files.put_back(&subject.whole);
        }
    }
}

/// The document stays one of the same layout and of the types that are expected: only what it says is another.
#[test]
fn edited_documents() {
    let subject = Subject::new("byte_edited", Place::Directory);
    for file in subject.documents() {
        let document: Value = serde_json::from_slice(&subject.whole[file]).unwrap();
        let mut places = Vec::new();
        collect_places(&document, String::new(), &mut places);
        assert!(places.len() >= 3, "{file}: {places:?}");
        for place in &places {
            for edited in others(document.pointer(place).unwrap()) {
                let mut changed = document.clone();
                *changed.pointer_mut(place).unwrap() = edited.clone();
                subject.require_seen(file, &text(&changed), &format!("{place} edited to {edited}"));
            }
            if let Some(without) = without(&document, place) {
                subject.require_seen(file, &text(&without), &format!("{place} taken out"));
            }
        }
    }
}

fn text(document: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(document).unwrap();
    text.push(b'\n');
    text
}

/// Every value in a document, as JSON pointers.
fn collect_places(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect_places(member, format!("{place}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_places(item, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
    if !place.is_empty() {
        places.push(place);
    }
}

/// Plausible other values.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(value) => vec![json!(!value)],
        Value::Number(number) => vec![json!(number.as_u64().unwrap_or_default() + 1), json!(0.5)],
        Value::String(text) => vec![json!(format!("{text}0")), json!(text.chars().rev().collect::<String>())],
        Value::Array(items) => vec![Value::Array(items.iter().chain(items.first()).cloned().collect()), json!([])],
        Value::Object(_) => vec![json!({})],
        Value::Null => vec![json!(0)],
    }
    .into_iter()
    .filter(|other| other != value)
    .collect()
}

/// The document without the value at this place.
fn without(document: &Value, place: &str) -> Option<Value> {
    let (parent, last) = place.rsplit_once('/')?;
    let mut changed = document.clone();
    match changed.pointer_mut(parent)? {
        Value::Object(members) => drop(members.remove(&last.replace("~1", "/").replace("~0", "~"))?),
        Value::Array(items) => drop(items.remove(last.parse().ok()?)),
        _ => return None,
    }
    Some(changed)
}
