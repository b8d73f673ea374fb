//! `restore --method import`: Milvus reads the data files by itself.

use std::thread::sleep;
use std::time::{Duration, Instant};

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, forget, names},
    comparison::Snapshot,
    milvus_br::MilvusBr,
};

const MILVUS: ServerKind = ServerKind::Milvus235;

/// How long it may take until imported rows are found by queries. The server says "completed" some time before.
const PATIENCE: Duration = Duration::from_mins(1);

fn assert_same_soon(before: &Snapshot, restored: &str) {
    let started = Instant::now();
    while Snapshot::of(MILVUS, restored).counts() != before.counts() && started.elapsed() < PATIENCE {
        sleep(Duration::from_millis(500));
    }
    before.assert_same(&Snapshot::of(MILVUS, restored));
}

#[test]
fn several_files_and_partitions() {
    let name = "import_several";
    Plain::on(MILVUS, name).partition("_default", 3_000).partition("p1", 40).partition("p2", 0).dim(256).make();
    let before = Snapshot::of(MILVUS, name);
    let br = MilvusBr::on(MILVUS);
    let backup = br.create(&[name, "--chunk-size", "1MB"]);
    assert!(BackupFiles::find(&br, &backup).data().len() > 2);
    let result = br.restore(&backup, "import_several_restored", &["--method", "import"]);
    assert_eq!(result["rows_restored"], 3_040, "{result}");
    assert_same_soon(&before, "import_several_restored");
    forget(MILVUS, &[name, "import_several_restored"]);
}

#[test]
fn of_a_damaged_file() {
    let name = "import_damaged";
    Plain::on(MILVUS, name).partition("_default", 100).make();
    let br = MilvusBr::on(MILVUS);
    let backup = br.create(&[name]);
    let files = BackupFiles::find(&br, &backup);
    let mut bytes = files.read("data/%5Fdefault.parquet");
    bytes[100] ^= 1;
    files.write("data/%5Fdefault.parquet", &bytes);
    br.run(&["restore", &backup, "--to", "import_never", "--method", "import", "--no-verify"])
        .code(13)
        .says(&["data/%5Fdefault.parquet"]);
    assert!(!names(MILVUS, "").iter().any(|name| name.contains("import_never")));
    forget(MILVUS, &[name]);
}

#[test]
fn what_cannot_be_imported() {
    let name = "import_generated";
    Plain::on(MILVUS, name).partition("_default", 30).auto_id().make();
    let br = MilvusBr::on(MILVUS);
    let backup = br.create(&[name]);
    let import = |options: &[&str]| {
        let all = [&["restore", &backup, "--to", "import_plain", "--method", "import"], options].concat();
        br.run(&all)
    };
    import(&["--auto-id", "regenerate"]).code(15).says(&["autoID", "--auto-id plain"]);
    import(&["--auto-id", "plain"]).code(0);

    Plain::on(ServerKind::Lite322, name).partition("_default", 1).make();
    let lite = MilvusBr::on(ServerKind::Lite322);
    let backup = lite.create(&[name]);
    lite.run(&["restore", &backup, "--to", "import_lite", "--method", "import"]).code(14).says(&["bulk import"]);
    forget(MILVUS, &[name, "import_plain"]);
}
