//! `docs/types.md`: which types come back on which server, written from the round trips that are made here.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use milvus_backup_core::schema::DataType;
use milvus_backup_testkit::columns::{Column, Kind, Profile, table};
use milvus_backup_testkit::{ServerKind, shared};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::collection::attributes;
use super::raw::Raw;
use super::survival::survives;

const SERVERS: [(ServerKind, &str); 3] = [
    (ServerKind::Milvus235, "Milvus 2.3.5"),
    (ServerKind::Lite322, "Milvus Lite 3.2.2"),
    (ServerKind::Lite251, "Milvus Lite 2.5.1"),
];

const NULL: &str = "NULL in a scalar field";
const DYNAMIC: &str = "Dynamic field";

#[test]
fn the_table_of_types_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/types.md");
    let table = document();
    if std::env::var_os("MILVUS_BR_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == table, "docs/types.md is not what was measured; MILVUS_BR_UPDATE_DOCS=1 writes it:\n{table}");
}

fn document() -> String {
    let columns: Vec<BTreeSet<String>> = SERVERS.iter().map(|(kind, _)| exact(*kind)).collect();
    let mut text = include_str!("types.md.head").to_owned();
    let names: Vec<&str> = SERVERS.iter().map(|(_, name)| *name).collect();
    writeln!(text, "| | {} |", names.join(" | ")).unwrap();
    writeln!(text, "|---|{}", "---|".repeat(names.len())).unwrap();
    for label in labels() {
        let cells = columns.iter().map(|exact| if exact.contains(&label) { "exact" } else { "-" });
        writeln!(text, "| {label} | {} |", cells.collect::<Vec<_>>().join(" | ")).unwrap();
    }
    text + include_str!("types.md.tail")
}

/// Every type that the protocol has, and what goes across types.
fn labels() -> Vec<String> {
    let everything = Profile::everything();
    let plain = DataType::ALL.iter().filter(|data_type| !matches!(data_type, DataType::Array));
    let arrays = everything.elements.iter().map(|element| format!("Array of {element}"));
    let across = [DYNAMIC, NULL].map(str::to_owned);
    plain.map(ToString::to_string).chain(arrays).chain(across).collect()
}

/// What came back as it was. Anything else ends the test.
fn exact(kind: ServerKind) -> BTreeSet<String> {
    let raw = Raw::connect(&shared(kind).unwrap().uri());
    let mut exact = BTreeSet::new();
    for profile in profiles(kind) {
        let (table, attributes) = sample(&(table(profile), attributes(kind)), |(table, _)| table.rows >= 8);
        survives(kind, &raw, &table, &attributes);
        exact.extend(table.columns.iter().flat_map(labels_of));
    }
    exact
}

/// All types of the server; one after the other those of which a collection has one field only.
fn profiles(kind: ServerKind) -> Vec<Profile> {
    let all = Profile { every_field: true, ..Profile::of(kind) };
    if all.max_vectors >= all.vectors.len() {
        return vec![Profile { nullable: false, ..all.clone() }, all];
    }
    all.vectors.iter().map(|vector| Profile { vectors: vec![*vector], ..all.clone() }).collect()
}

/// The same on every machine.
fn sample<T>(strategy: &impl Strategy<Value = T>, wanted: impl Fn(&T) -> bool) -> T {
    let mut runner = TestRunner::deterministic();
    std::iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current()).find(wanted).unwrap()
}

fn labels_of(column: &Column) -> Vec<String> {
    let null = column.cells.iter().any(Option::is_none).then(|| NULL.to_owned());
    let own = match &column.kind {
        Kind::Field(field) => match field.element_type {
            Some(element) => format!("Array of {element}"),
            None => field.data_type.to_string(),
        },
        Kind::Struct(_) => DataType::ArrayOfVector.to_string(),
        Kind::Dynamic => DYNAMIC.to_owned(),
    };
    [own].into_iter().chain(null).collect()
}
