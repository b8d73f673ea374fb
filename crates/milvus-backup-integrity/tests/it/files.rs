//! Checksums of files and directories.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use futures::executor::block_on;
use milvus_backup_core::ChecksumAlgorithm;
use milvus_backup_integrity::{ChecksumCalculator, Error};
use tempfile::TempDir;

fn put(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().write_all(bytes).unwrap();
}

fn of(root: &Path, include_hidden: bool) -> String {
    ChecksumCalculator::default().calculate_directory_checksum(root, include_hidden).unwrap()
}

#[test]
fn files_longer_than_the_buffer_match_their_data_by_every_algorithm() {
    let dir = TempDir::new().unwrap();
    let data: Vec<u8> = (0..(2 << 20) + 17_u32).map(|i| i.to_le_bytes()[i as usize % 2]).collect();
    put(dir.path(), "f", &data);
    for algorithm in ChecksumAlgorithm::ALL {
        let calculator = ChecksumCalculator::new(*algorithm);
        let expected = calculator.calculate_data_checksum(&data);
        let path = dir.path().join("f");
        assert_eq!(calculator.calculate_file_checksum(&path).unwrap(), expected);
        assert!(calculator.verify_file_checksum(&path, &expected.to_uppercase()).unwrap());
        assert!(!calculator.verify_file_checksum(&path, &"0".repeat(algorithm.hex_len())).unwrap());
        assert!(calculator.verify_data_checksum(&data, &expected).unwrap());
        assert_eq!(block_on(calculator.calculate_reader_checksum_async(data.as_slice())).unwrap(), expected);
    }
}

#[test]
fn what_cannot_be_read_is_an_error_and_not_a_mismatch() {
    let dir = TempDir::new().unwrap();
    let calculator = ChecksumCalculator::default();
    let missing = dir.path().join("missing");
    let expected = "0".repeat(64);
    let error = calculator.verify_file_checksum(&missing, &expected).unwrap_err();
    assert!(matches!(&error, Error::NotFound { path } if *path == missing));
    assert!(error.to_string().contains("missing` does not exist"), "{error}");
    assert!(matches!(calculator.verify_file_checksum(dir.path(), &expected), Err(Error::Io { .. })));
    assert!(matches!(calculator.verify_file_checksum(&missing, "12"), Err(Error::MalformedDigest { .. })));
    assert!(matches!(calculator.calculate_directory_checksum(&missing, true), Err(Error::NotFound { .. })));
}

#[test]
fn a_directory_is_its_relative_paths_and_contents() {
    let (one, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for (path, bytes) in [("a", "1"), ("b/c", "2"), ("b/d/e", "3")] {
        put(one.path(), path, bytes.as_bytes());
    }
    for (path, bytes) in [("b/d/e", "3"), ("b/c", "2"), ("a", "1")] {
        put(&other.path().join(".hidden/.deep"), path, bytes.as_bytes());
    }
    let hidden_root = other.path().join(".hidden/.deep");
    let before = of(&hidden_root, false);
    assert_eq!(of(one.path(), false), before);

    put(&hidden_root, "b/d/e", b"4");
    assert_ne!(of(&hidden_root, false), before, "a change below a hidden root shows");
    put(&hidden_root, "b/d/e", b"3");
    fs::rename(hidden_root.join("a"), hidden_root.join("z")).unwrap();
    assert_ne!(of(&hidden_root, false), before, "a rename shows");
}

#[test]
fn hidden_means_the_relative_path() {
    let dir = TempDir::new().unwrap();
    put(dir.path(), "a", b"1");
    let (without, with) = (of(dir.path(), false), of(dir.path(), true));
    assert_eq!(without, with);
    put(dir.path(), ".b", b"2");
    put(dir.path(), ".c/d", b"3");
    assert_eq!(of(dir.path(), false), without);
    assert_ne!(of(dir.path(), true), with);
}

#[test]
#[cfg(unix)]
fn links_below_a_directory_are_refused() {
    let dir = TempDir::new().unwrap();
    put(dir.path(), "real/a", b"1");
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(dir.path().join("real"), &link).unwrap();
    let error = ChecksumCalculator::default().calculate_directory_checksum(dir.path(), false).unwrap_err();
    assert!(matches!(&error, Error::UnsupportedFile { path, kind: "a symbolic link" } if *path == link));
    assert_eq!(of(&link, false), of(&dir.path().join("real"), false), "the root itself may be a link");
}
