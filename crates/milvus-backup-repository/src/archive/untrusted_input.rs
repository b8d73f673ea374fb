//! Archives that are damaged, reordered, or made to do harm.

use milvus_backup_core::Error;
use milvus_backup_testkit::mutation::{mutate, mutation};
use proptest::prelude::*;

use super::samples::{Sample, archive};

fn refusal(sample: &Sample, bytes: &[u8]) -> String {
    match sample.read(bytes, 1000) {
        Err(Error::ArchiveDamaged { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_archive_has_the_files_of_the_backup() {
    let sample = Sample::new();
    for portion in [1, 511, 512, 1 << 20] {
        let found = sample.read(&sample.bytes, portion).unwrap();
        let paths: Vec<(&str, u64)> =
            found.iter().map(|(path, content)| (path.as_str(), content.len() as u64)).collect();
        let mut expected: Vec<(&str, u64)> =
            sample.files.files.iter().map(|file| (file.path.as_str(), file.size_bytes)).collect();
        expected.sort_by_key(|(path, _)| (*path != "checksums.json", *path));
        assert_eq!(paths, expected);
    }
}

#[test]
fn members_that_could_do_harm_are_refused() {
    let sample = Sample::new();
    let members = sample.members();
    let id = sample.files.backup_id.as_str();
    let with = |path: &str| {
        let mut members = members.clone();
        members.push((path.to_owned(), b"x".to_vec()));
        archive(&members)
    };
    for path in ["data/x.parquet", &format!("{id}/data/x.parquet"), &format!("{id}/data/a/b"), &format!("{id}/a.b")] {
        assert!(refusal(&sample, &with(path)).ends_with("is not a file of the backup"), "{path}");
    }
    assert!(refusal(&sample, &with(&members[2].0)).ends_with("is in it twice"));
    assert!(refusal(&sample, &with(&members[1].0)).ends_with("is in it twice"));
    // The library that writes the samples refuses such names itself.
    for (name, path) in [(&b"/etc/passwd"[..], "/etc/passwd"), (b"../../etc/passwd", "../../etc/passwd")] {
        let mut bytes = with("padding/padding/padding");
        let at = bytes.windows(23).rposition(|window| window == b"padding/padding/padding").unwrap();
        bytes[at..at + 23].fill(0);
        bytes[at..at + name.len()].copy_from_slice(name);
        let mut header = tar::Header::from_byte_slice(&bytes[at..at + 512]).clone();
        header.set_cksum();
        bytes[at..at + 512].copy_from_slice(header.as_bytes());
        assert_eq!(refusal(&sample, &bytes), format!("`{path}` is not a file of the backup"));
    }
}

#[test]
fn sizes_missing_files_and_what_follows_are_refused() {
    let sample = Sample::new();
    let mut longer = sample.members();
    longer[3].1.push(0);
    assert!(refusal(&sample, &archive(&longer)).contains("are recorded"));
    let mut fewer = sample.members();
    fewer.pop();
    assert!(refusal(&sample, &archive(&fewer)).ends_with("is missing"));
    assert_eq!(refusal(&sample, &archive(&[])), "it is empty");
    let mut trailing = sample.bytes.clone();
    trailing.resize(trailing.len() + (1 << 20), 0);
    assert!(sample.read(&trailing, 1 << 16).is_ok(), "tools fill the last record");
    trailing.push(0);
    assert_eq!(refusal(&sample, &trailing), "there is data after its end");
    let twice = [sample.bytes.as_slice(), &sample.bytes].concat();
    assert_eq!(refusal(&sample, &twice), "there is data after its end");
    for length in 0..sample.bytes.len() / 512 {
        let message = refusal(&sample, &sample.bytes[..length * 512]);
        assert_eq!(message, "it ends early", "{length} blocks");
    }
}

#[test]
fn the_documents_come_first() {
    let sample = Sample::new();
    let mut members = sample.members();
    members.swap(1, 2);
    assert!(refusal(&sample, &archive(&members)).ends_with("is where `checksums.json` must be"));
    members.swap(0, 1);
    assert!(refusal(&sample, &archive(&members)).ends_with("is where `metadata.json` must be"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The files may come in any order.
    #[test]
    fn any_order_of_files_is_read(seed in prop::collection::vec(any::<u32>(), 30)) {
        let sample = Sample::new();
        let mut members = sample.members();
        let mut keys = seed.into_iter();
        members[2..].sort_by_cached_key(|_| keys.next());
        let mut found = sample.read(&archive(&members), 4096).unwrap();
        let mut whole = sample.read(&sample.bytes, 4096).unwrap();
        found.sort();
        whole.sort();
        prop_assert_eq!(found, whole);
    }

    /// What is returned has a place in the backup, once, and its recorded size.
    #[test]
    fn archives_are_read_or_refused(mutations in prop::collection::vec(mutation(), 1..6), portion in 1..5000_usize) {
        let sample = Sample::new();
        if let Ok(found) = sample.read(&mutate(sample.bytes.clone(), &mutations), portion) {
            let mut found: Vec<(String, u64)> =
                found.into_iter().map(|(path, content)| (path, content.len() as u64)).collect();
            found.sort();
            let recorded = sample.files.files.iter().map(|file| (file.path.clone(), file.size_bytes));
            prop_assert_eq!(found, recorded.collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert!(Sample::new().read(&bytes, 700).is_err());
    }
}
