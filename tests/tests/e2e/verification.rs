//! The depths of verification beyond checksums: a sample of the rows decoded, and a restore that is read back.

use std::time::Duration;

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    backup_files::BackupFiles,
    collections::{Plain, names},
    milvus_br::MilvusBr,
    scripts::ask,
};
use serde_json::{Value, json};

on_both_servers!(
    quick_decodes_a_sample,
    deep_restores_and_compares,
    deep_finds_other_rows,
    deep_leaves_nothing,
    deep_without_indexes
);

/// Marks the collections that deep verifications make.
const TEMPORARY: &str = "milvus_br_verify_";

fn temporary(kind: ServerKind, backup: &str) -> Vec<String> {
    let own = format!("{TEMPORARY}{}", backup.replace('-', "_"));
    names(kind, "").into_iter().filter(|name| name.contains(&own)).collect()
}

fn quick_decodes_a_sample(kind: ServerKind) {
    let name = "ver_quick";
    Plain::on(kind, name).partition("_default", 12_000).partition("p1", 500).dim(128).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name, "--chunk-size", "1MB", "--no-verify"]);
    let quick = |options: &[&str]| br.json(&[&["verify", &backup, "--mode", "quick"][..], options].concat());

    let some = quick(&["--sample", "20"]);
    let all = quick(&["--sample", "100"]);
    let decoded = |result: &Value| result["row_groups_verified"].as_u64().unwrap();
    assert!(decoded(&all) >= 5 && decoded(&some) == decoded(&all).div_ceil(5), "{some} {all}");
    let seed = some["seed"].as_u64().unwrap();
    assert_ne!(some["seed"], all["seed"], "another sample every time");
    assert_eq!(quick(&["--seed", &seed.to_string()])["seed"], seed);
    let shown = br.json(&["show", &backup]);
    assert_eq!(shown["verification"]["verification_type"], "QUICK");
    assert_eq!(shown["verification"]["seed"], seed);

    let files = BackupFiles::find(&br, &backup);
    let whole = files.content();
    for file in files.data() {
        let bytes = &whole[&file];
        // Among the values of the vectors; a bit that no value hangs on is for the checksums to see.
        for position in [bytes.len() / 3, bytes.len() / 2] {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1;
            files.write(&file, &flipped);
            let arguments = ["verify", &backup, "--mode", "quick", "--sample", "100", "--json"];
            let result = br.run(&arguments).code(13).json();
            assert_eq!(result["errors"][0]["file"], file, "a flipped bit at {position}: {result}");
        }
        files.put_back(&whole);
    }
    files.write("schema.json", &[whole["schema.json"].as_slice(), b" "].concat());
    br.run(&["verify", &backup, "--mode", "quick"]).code(13).says(&["schema.json"]);
}

fn deep_restores_and_compares(kind: ServerKind) {
    let name = "ver_deep";
    Plain::on(kind, name).partition("_default", 700).partition("p1", 300).auto_id().make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    let result = br.json(&["verify", &backup, "--mode", "deep"]);
    assert_eq!(result["success"], true, "{result}");
    assert_eq!(result["warnings"], json!([]));
    let compared = result["compared"].to_string();
    for what in ["files", "schema", "indexes", "rows of the restored collection", "rows of the live collection"] {
        assert!(compared.contains(what), "{what} is missing in {compared}");
    }
    assert_eq!(temporary(kind, &backup), Vec::<String>::new());
    assert_eq!(br.json(&["show", &backup])["verification"]["verification_type"], "DEEP");

    let script = "
from pymilvus import MilvusClient
client = MilvusClient(given['uri'])
keys = [row['id'] for row in client.query(given['collection'], filter='', limit=1, output_fields=['id'])]
client.delete(given['collection'], ids=keys)
print('null')
";
    let uri = milvus_backup_testkit::shared(kind).unwrap().uri();
    ask::<()>(script, &json!({ "uri": uri, "collection": name }));
    let result = br.json(&["verify", &backup, "--mode", "deep"]);
    assert_eq!(result["success"], true, "a live collection may change: {result}");
    assert!(result["warnings"].to_string().contains("changed since"), "{result}");
}

/// A backup that is whole by its checksums, but whose recorded rows are not those of its files.
fn deep_finds_other_rows(kind: ServerKind) {
    let name = "ver_forged";
    Plain::on(kind, name).partition("_default", 50).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    // A row digest is forged, and every digest above it made to agree.
    let script = "
import hashlib, json, os
def path(name):
    return os.path.join(given['directory'], name)
def read(name):
    return json.load(open(path(name)))
def write(name, document):
    text = json.dumps(document, sort_keys=name == 'metadata.json', indent=2, ensure_ascii=False) + '\\n'
    with open(path(name), 'w') as file:
        file.write(text)
    return hashlib.sha256(text.encode()).hexdigest(), len(text.encode())
manifest, checksums, metadata = read('manifest.json'), read('checksums.json'), read('metadata.json')
manifest['partitions'][0]['row_digest'] = '0' * 32
digest, size = write('manifest.json', manifest)
checksums['files']['manifest.json'] = {'size_bytes': size, 'checksum': digest}
del metadata['digest']
metadata['manifest_checksum'] = digest
metadata['checksum'], _ = write('checksums.json', checksums)
canonical = json.dumps(metadata, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
metadata['digest'] = hashlib.sha256(canonical.encode()).hexdigest()
write('metadata.json', metadata)
print('null')
";
    let files = BackupFiles::find(&br, &backup);
    ask::<()>(script, &json!({ "directory": files.directory() }));
    br.run(&["verify", &backup]).code(0);
    let result = br.run(&["verify", &backup, "--mode", "deep", "--json"]).code(13).json();
    assert_eq!(result["errors"][0]["kind"], "differs", "{result}");
    assert_eq!(result["errors"][0]["file"], "data/%5Fdefault.parquet");
    assert_eq!(br.json(&["show", &backup])["verification"]["success"], false, "never stored as good");
    br.run(&["verify", &backup]).code(0);
    let shown = br.json(&["show", &backup]);
    assert_eq!(shown["verification"]["verification_type"], "DEEP", "checksums do not make it good: {shown}");
    assert_eq!(shown["earlier_verifications"][0]["verification_type"], "CHECKSUM", "{shown}");
    assert_eq!(temporary(kind, &backup), Vec::<String>::new());
}

/// Killed at any moment, it leaves at most a marked collection, which the next run removes.
fn deep_leaves_nothing(kind: ServerKind) {
    let name = "ver_killed";
    Plain::on(kind, name).partition("_default", 3000).dim(64).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name]);
    let deep = ["verify", &backup, "--mode", "deep"];
    let whole = br.run(&deep).code(0).elapsed;
    for percent in [50, 70, 90] {
        let running = br.start(&deep);
        std::thread::sleep(whole * percent / 100);
        running.kill();
    }
    // A call that the last one had made may be carried out after the first of these runs looked.
    for _ in 0..2 {
        br.run(&deep).code(0);
    }
    assert_eq!(temporary(kind, &backup), Vec::<String>::new(), "those of dead verifications are left");

    let others: Vec<_> = (0..2).map(|_| br.start(&deep)).collect();
    for running in others {
        running.finish_within(Duration::from_mins(2)).code(0);
    }

    for percent in [20, 50, 80] {
        let before = temporary(kind, &backup);
        let running = br.start(&deep);
        std::thread::sleep(whole * percent / 100);
        running.signal(rustix::process::Signal::INT);
        let outcome = running.finish_within(Duration::from_secs(20));
        assert!(matches!(outcome.exit_code, Some(0 | 130)), "{outcome:#?}");
        assert_eq!(temporary(kind, &backup), before, "what was asked to stop tidies up");
    }
}

fn deep_without_indexes(kind: ServerKind) {
    let name = "ver_bare";
    Plain::on(kind, name).partition("_default", 60).make();
    let br = MilvusBr::on(kind);
    let backup = br.create(&[name, "--no-indexes"]);
    assert_eq!(br.json(&["verify", &backup, "--mode", "deep"])["success"], true);
}
