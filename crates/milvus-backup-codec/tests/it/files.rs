//! Files: names, safety of what exists, and nothing left behind.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use milvus_backup_codec::{Codec, CompressionHandler, Error, Level};
use tempfile::TempDir;

const NO_LIMIT: u64 = u64::MAX;

fn put(dir: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    File::create(&path).unwrap().write_all(bytes).unwrap();
    path
}

fn names(dir: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn cause(error: Error) -> Error {
    match error {
        Error::File { source, .. } => *source,
        other => other,
    }
}

#[test]
fn there_and_back_keeps_input_and_bytes() {
    let data: Vec<u8> = (0..3_000_000_u32).map(|i| (i / 7).to_le_bytes()[0]).collect();
    for codec in Codec::ALL {
        let dir = TempDir::new().unwrap();
        let input = put(&dir, "rows.parquet", &data);
        let handler = CompressionHandler::with_codec(codec, Level::FASTEST);
        let compressed = handler.compress_file(&input, None).unwrap();
        assert_eq!(compressed, dir.path().join(format!("rows.parquet{}", codec.extension())));
        assert!(CompressionHandler::is_compressed(&compressed));
        assert_eq!(fs::read(&input).unwrap(), data);

        fs::remove_file(&input).unwrap();
        // Whatever the handler prefers, the input tells its codec.
        let restored = CompressionHandler::default().decompress_file(&compressed, None, data.len() as u64).unwrap();
        assert_eq!(restored, input);
        assert_eq!(fs::read(&input).unwrap(), data);
        assert_eq!(names(&dir).len(), 2, "no temporary files: {:?}", names(&dir));
    }
}

#[test]
fn an_existing_output_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let input = put(&dir, "a", b"abc");
    let existing = put(&dir, "a.zst", b"precious");
    let handler = CompressionHandler::default();
    for output in [None, Some(existing.as_path()), Some(input.as_path())] {
        let error = handler.compress_file(&input, output).unwrap_err();
        assert!(matches!(error, Error::OutputExists { .. }), "{error}");
    }
    let compressed = handler.compress_file(&input, Some(&dir.path().join("b.zst"))).unwrap();
    put(&dir, "b", b"precious");
    assert!(matches!(handler.decompress_file(&compressed, None, NO_LIMIT), Err(Error::OutputExists { .. })));
    assert_eq!(fs::read(existing).unwrap(), b"precious");
    assert_eq!(fs::read(dir.path().join("b")).unwrap(), b"precious");
    assert_eq!(names(&dir), ["a", "a.zst", "b", "b.zst"]);
}

#[test]
#[cfg(unix)]
fn a_dangling_link_counts_as_existing() {
    let dir = TempDir::new().unwrap();
    let input = put(&dir, "a", b"abc");
    let elsewhere = dir.path().join("elsewhere");
    std::os::unix::fs::symlink(&elsewhere, dir.path().join("a.zst")).unwrap();
    assert!(matches!(CompressionHandler::default().compress_file(&input, None), Err(Error::OutputExists { .. })));
    assert!(!elsewhere.exists());
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let dir = TempDir::new().unwrap();
    let handler = CompressionHandler::default();
    let whole = handler.compress_data(&vec![7; 1 << 20]).unwrap();
    let cut = put(&dir, "cut.zst", &whole[..whole.len() - 1]);
    let bomb = put(&dir, "bomb.zst", &whole);
    let other = put(&dir, "other.gz", &whole);
    let noise = put(&dir, "noise.lz4", b"noise");
    let before = names(&dir);
    let fail = |path: &Path| cause(handler.decompress_file(path, None, 1000).unwrap_err());
    assert!(matches!(cause(handler.decompress_file(&cut, None, NO_LIMIT).unwrap_err()), Error::Corrupt { .. }));
    assert!(matches!(fail(&bomb), Error::TooLarge { limit: 1000 }));
    assert!(matches!(fail(&other), Error::OtherFormat { expected: Codec::Gzip, .. }));
    assert!(matches!(fail(&noise), Error::OtherFormat { expected: Codec::Lz4, .. }));
    assert_eq!(names(&dir), before);
}

#[test]
fn names_decide_only_names() {
    let dir = TempDir::new().unwrap();
    let handler = CompressionHandler::default();
    let input = put(&dir, "backup.bin", &handler.compress_data(b"abc").unwrap());
    assert!(
        matches!(handler.decompress_file(&input, None, NO_LIMIT), Err(Error::NoExtension { path }) if path == input)
    );
    let output = dir.path().join("out");
    assert_eq!(handler.decompress_file(&input, Some(&output), NO_LIMIT).unwrap(), output);
    assert_eq!(fs::read(output).unwrap(), b"abc");

    let noise = put(&dir, "noise.bin", b"noise");
    let error = handler.decompress_file(&noise, Some(&dir.path().join("x")), NO_LIMIT).unwrap_err();
    assert!(error.to_string().contains("cannot decompress `"), "{error}");
    assert!(matches!(cause(error), Error::UnknownFormat { .. }));
}

#[test]
fn missing_files_and_directories_are_named() {
    let dir = TempDir::new().unwrap();
    let handler = CompressionHandler::default();
    let missing = dir.path().join("missing.zst");
    for error in [
        handler.compress_file(&missing, None).unwrap_err(),
        handler.decompress_file(&missing, None, NO_LIMIT).unwrap_err(),
    ] {
        assert!(matches!(&error, Error::NotFound { path } if *path == missing), "{error}");
    }
    let directory = handler.compress_file(dir.path(), None).unwrap_err();
    assert!(matches!(cause(directory), Error::Io(e) if e.to_string() == "not a regular file"));
    let input = put(&dir, "a", b"abc");
    let nowhere = handler.compress_file(&input, Some(&dir.path().join("no/such/a.zst"))).unwrap_err();
    assert!(matches!(cause(nowhere), Error::Io(_)));
}

#[test]
#[cfg(unix)]
fn permissions_are_those_of_the_input() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let input = put(&dir, "a", b"abc");
    fs::set_permissions(&input, fs::Permissions::from_mode(0o640)).unwrap();
    let output = CompressionHandler::default().compress_file(&input, None).unwrap();
    assert_eq!(fs::metadata(output).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn names_and_numbers() {
    let compressed = ["a.gz", "a.ZST", "a.parquet.lz4", "a.bz2", "a.xz"];
    assert!(compressed.iter().all(|name| CompressionHandler::is_compressed(name.as_ref())));
    assert!(["a", "gz", ".gz", "a.gz.txt"].iter().all(|name| !CompressionHandler::is_compressed(name.as_ref())));
    assert_eq!(CompressionHandler::default().estimated_compressed_size(1005), 402);
    assert_eq!(CompressionHandler::new(6, false).unwrap().estimated_compressed_size(u64::MAX), u64::MAX / 2);
    assert_eq!(CompressionHandler::new(1, false).unwrap().compression_extension(), ".gz");
    assert!(matches!(CompressionHandler::new(0, true), Err(Error::InvalidLevel { level: 0 })));
    assert!(matches!(CompressionHandler::new(10, true), Err(Error::InvalidLevel { level: 10 })));
}
