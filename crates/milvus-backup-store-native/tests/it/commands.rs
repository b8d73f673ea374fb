//! Command lines of the versions of the tool.

use std::ffi::OsStr;
use std::path::Path;

use milvus_backup_store_native::{
    BackupFormat, Commands, CreateOptions, Error, Features, Invocation, Namespace, NativeBackupName, RestoreOptions,
    RestoredCollection, Strategy,
};

const OLD: Features = Features::of_release(0, 5, 9);
const V0_5_16: Features = Features::of_release(0, 5, 16);
const V0_6: Features = Features::of_release(0, 6, 1);

fn name() -> NativeBackupName {
    "nightly".parse().unwrap()
}

fn collection(name: &str) -> Namespace {
    Namespace::new("default", name).unwrap()
}

fn text(invocation: &Invocation) -> String {
    let arguments: Vec<_> = invocation.arguments().iter().map(|argument| argument.to_str().unwrap()).collect();
    arguments.join(" ")
}

fn create(features: Features, options: CreateOptions) -> Result<String, Error> {
    let collections = [collection("a"), Namespace::new("shop", "b").unwrap()];
    Commands::new(features).create(&name(), &collections, &options).map(|invocation| text(&invocation))
}

#[test]
fn create_selects_and_flushes_as_the_version_has_it() {
    let safe = CreateOptions { strategy: Some(Strategy::SerialFlush), format: Some(BackupFormat::Binlog) };
    assert_eq!(create(OLD, safe).unwrap(), "create --name=nightly --colls=default.a,shop.b");
    assert_eq!(
        create(V0_5_16, safe).unwrap(),
        "create --name=nightly --filter=default.a,shop.b --strategy=serial_flush"
    );
    assert_eq!(
        create(V0_6, safe).unwrap(),
        "create --name=nightly --filter=default.a,shop.b --strategy=serial_flush --format=binlog"
    );
    let plain = CreateOptions::default();
    assert_eq!(create(V0_6, plain).unwrap(), "create --name=nightly --filter=default.a,shop.b");
}

#[test]
fn what_a_version_cannot_do_is_an_error() {
    let with = |strategy, format| CreateOptions { strategy, format };
    assert_eq!(
        create(OLD, with(Some(Strategy::SkipFlush), None)).unwrap(),
        "create --name=nightly --colls=default.a,shop.b --force"
    );
    let snapshot = create(V0_5_16, with(None, Some(BackupFormat::Snapshot)));
    assert!(matches!(snapshot, Err(Error::Unsupported { .. })));
    let bulk = create(OLD, with(Some(Strategy::BulkFlush), None));
    assert!(matches!(bulk, Err(Error::Unsupported { .. })));
}

#[test]
fn nothing_selected_is_never_everything() {
    let commands = Commands::new(V0_6);
    let created = commands.create(&name(), &[], &CreateOptions::default());
    assert!(matches!(created, Err(Error::NothingSelected { .. })));
    let restored = commands.restore(&name(), &[], &RestoreOptions::default());
    assert!(matches!(restored, Err(Error::NothingSelected { .. })));
}

#[test]
fn restore_filters_by_the_new_name_and_older_versions_by_the_old_one() {
    let collections = [
        RestoredCollection { source: collection("a"), target: collection("a_copy") },
        RestoredCollection::same(collection("b")),
    ];
    let options = RestoreOptions { rebuild_index: true, drop_existing: true };
    let restore = |features| text(&Commands::new(features).restore(&name(), &collections, &options).unwrap());
    assert_eq!(
        restore(V0_5_16),
        "restore --name=nightly --filter=default.a_copy,default.b --rename=default.a:default.a_copy \
         --rebuild_index --drop_exist_collection"
    );
    assert_eq!(
        restore(OLD),
        "restore --name=nightly --collections=default.a,default.b --rename=default.a:default.a_copy \
         --restore_index --drop_exist_collection"
    );
    assert_eq!(restore(V0_6), restore(V0_5_16));
}

#[test]
fn two_collections_cannot_become_one() {
    let collections = [
        RestoredCollection::same(collection("b")),
        RestoredCollection { source: collection("a"), target: collection("b") },
    ];
    let restored = Commands::new(V0_6).restore(&name(), &collections, &RestoreOptions::default());
    assert!(matches!(restored, Err(Error::DuplicateTarget { .. })));
}

#[test]
fn every_command_gets_configuration_and_settings() {
    let commands = Commands::new(V0_6).with_config("--odd name.yaml").with_setting("log.console", "false").unwrap();
    let prefix = "--config=--odd name.yaml --set=log.console=false";
    assert_eq!(text(&commands.list()), format!("list {prefix}"));
    assert_eq!(text(&commands.get(&name())), format!("get {prefix} --name=nightly"));
    assert_eq!(text(&commands.delete(&name())), format!("delete {prefix} --name=nightly"));
    for (key, value) in [("", "x"), ("a b", "x"), ("a=b", "x"), ("k", "a=b"), ("k", "a,b"), ("k", "a\nb"), ("k", "\"")]
    {
        let refused = Commands::new(V0_6).with_setting(key, value);
        assert!(matches!(refused, Err(Error::InvalidSetting { .. })), "{key}={value}");
    }
}

#[test]
fn secrets_reach_the_child_and_nothing_else() {
    let commands = Commands::new(V0_6).with_variable("MILVUS_PASSWORD", "hunter2");
    let list = commands.list();
    let command = list.command(Path::new("milvus-backup"));
    let variables: Vec<_> = command.get_envs().collect();
    assert!(variables.contains(&(OsStr::new("MILVUS_PASSWORD"), Some(OsStr::new("hunter2")))));
    for shown in [format!("{commands:?}"), format!("{list:?}"), text(&list)] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
