//! Compressions, levels, digests and sizes of files: other bytes, the same rows.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, forget},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};
use serde_json::json;

on_both_servers!(compressions_levels_and_digests, several_files);

fn compressions_levels_and_digests(kind: ServerKind) {
    let name = "enc_source";
    Plain::on(kind, name).partition("_default", 900).partition("p1", 600).make();
    let before = Snapshot::of(kind, name);
    let br = MilvusBr::on(kind);
    for (compression, level, checksum, digits) in [
        ("zstd", "1", "sha256", 64),
        ("zstd", "9", "blake2b", 128),
        ("snappy", "6", "md5", 32),
        ("gzip", "3", "sha256", 64),
        ("none", "6", "blake2b", 128),
    ] {
        let options = [name, "--compression", compression, "--level", level, "--checksum", checksum];
        let backup = br.create(&options);
        let metadata = br.json(&["show", &backup]);
        assert_eq!(metadata["compression_codec"], compression);
        assert_eq!(metadata["compression_level"].to_string(), level);
        assert_eq!(metadata["checksum_algorithm"], checksum.to_uppercase());
        assert_eq!(metadata["checksum"].as_str().unwrap().len(), digits);

        let copy = format!("enc_{compression}_{level}_{checksum}");
        br.restore(&backup, &copy, &[]);
        before.assert_same(&Snapshot::of(kind, &copy));
        forget(kind, &[&copy]);
    }
    // Texts that repeat themselves shrink; so the sizes show that the codec was not only written down.
    let size = |backup: &serde_json::Value| backup["compressed_size_bytes"].as_u64().unwrap();
    let backups = br.json(&["list"]);
    let of =
        |codec: &str| backups.as_array().unwrap().iter().find(|b| b["compression_codec"] == codec).map(size).unwrap();
    assert!(of("zstd") < of("none") && of("gzip") < of("none"), "{backups}");
}

fn several_files(kind: ServerKind) {
    let name = "enc_chunks";
    Plain::on(kind, name).partition("_default", 12_000).partition("p1", 200).dim(128).make();
    let before = Snapshot::of(kind, name);
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name, "--chunk-size", "1MB"]);
    let files = BackupFiles::find(&br, &backup);
    let data = files.data();
    assert!(data.len() >= 4, "6 MB in files of 1 MB: {data:?}");
    for expected in ["data/%5Fdefault.parquet", "data/%5Fdefault.00001.parquet", "data/p1.parquet"] {
        assert!(data.contains(&expected.to_owned()), "no {expected} in {data:?}");
    }
    let metadata = br.json(&["show", &backup]);
    let chunks = metadata["partitions"][0]["chunks"].as_array().unwrap();
    assert_eq!(chunks.iter().map(|chunk| chunk["row_count"].as_u64().unwrap()).sum::<u64>(), 12_000);
    assert!(chunks.iter().all(|chunk| chunk["uncompressed_columns"] == json!(["vector"])), "{chunks:?}");
    let shown = br.run(&["show", &backup]).code(0).stdout;
    assert!(shown.contains("zstd (level 6) except vector"), "{shown}");
    for pair in chunks.windows(2) {
        let key = |chunk: &serde_json::Value, end: &str| -> i64 {
            chunk["primary_key_range"][end].as_str().unwrap().parse().unwrap()
        };
        assert!(key(&pair[0], "max") < key(&pair[1], "min"), "the files of a partition follow each other: {chunks:?}");
    }
    br.restore(&backup, "enc_chunks_copy", &[]);
    before.assert_same(&Snapshot::of(kind, "enc_chunks_copy"));
    let sizes = json!(data.iter().map(|name| files.read(name).len()).collect::<Vec<_>>());
    assert!(sizes.as_array().unwrap().iter().all(|size| size.as_u64().unwrap() < 4 << 20), "{sizes}");
    forget(kind, &[name, "enc_chunks_copy"]);
}
