//! The stand-in and the tool itself, side by side, wherever that is installed.

use std::{collections::BTreeMap, fs, path::Path};

use milvus_backup_tests::{
    backup_files::{BackupFiles, everything_below},
    collections::{Key, everything, forget},
    comparison::Snapshot,
};
use serde_json::Value;

use super::support::{MILVUS, Native, real_tool};

/// The members whose values differ between any two backups.
const OF_ONE_RUN: &[&str] = &["id", "name", "backup_physical_timestamp"];

/// The files that a tool wrote, by their paths below its directory.
fn written(native: &Native, backup: &str) -> BTreeMap<String, Vec<u8>> {
    let directory = BackupFiles::find(&native.br, backup).directory().join("data");
    let tool = fs::read_dir(directory).unwrap().next().unwrap().unwrap().path();
    let read = |name: String| (name.clone(), fs::read(tool.join(&name)).unwrap());
    everything_below(&tool).into_iter().map(read).collect()
}

/// A document without what differs, and with its lists in one order: that of the tool is random.
fn comparable(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(comparable).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(members) => {
            // The name of a field, of an index or of a parameter is compared.
            let is_backup = members.contains_key("state_code") || members.contains_key("collection_backups");
            let kept = members.into_iter().filter(|(name, _)| {
                let differs = OF_ONE_RUN.contains(&name.as_str());
                !differs || (name == "name" && !is_backup)
            });
            Value::Object(kept.map(|(name, value)| (name, comparable(value))).collect())
        }
        other => other,
    }
}

#[test]
fn the_stand_in_writes_what_the_tool_writes() {
    let Some(executable) = real_tool("the_stand_in_writes_what_the_tool_writes") else { return };
    let name = "native_side_by_side";
    everything(MILVUS, name, Key::VarChar, 1_500);
    let (stand_in, real) = (Native::new(), Native::with_tool(Path::new(&executable)));
    // A compaction between the two makes other segments.
    let same_segments = (0..5).find_map(|_| {
        let [ours, theirs] = [&stand_in, &real].map(|native| written(native, &native.br.create(&[name])));
        ours.keys().eq(theirs.keys()).then_some((ours, theirs))
    });
    let (ours, theirs) = same_segments.expect("both wrote the same files");
    for (file, bytes) in &theirs {
        if file.starts_with("meta/") {
            let [ours, theirs] =
                [&ours[file], bytes].map(|bytes| comparable(serde_json::from_slice::<Value>(bytes).unwrap()));
            assert_eq!(ours, theirs, "{file}");
        } else {
            assert!(ours[file] == *bytes, "{file}");
        }
    }
    forget(MILVUS, &[name]);
}

#[test]
fn the_tool_restores_what_it_backed_up() {
    let Some(executable) = real_tool("the_tool_restores_what_it_backed_up") else { return };
    for (key, name) in [(Key::Int64, "native_real_int"), (Key::VarChar, "native_real_text")] {
        let target = format!("{name}_2");
        everything(MILVUS, name, key, 2_000);
        let before = Snapshot::of(MILVUS, name);
        let native = Native::with_tool(Path::new(&executable));
        let backup = native.br.create(&[name]);
        native.br.restore(&backup, &target, &["--method", "tool"]);
        before.assert_same_rows(&Snapshot::of(MILVUS, &target));
        assert!(native.processes().is_empty() && native.leftovers().is_empty());
        forget(MILVUS, &[name, &target]);
    }
}
