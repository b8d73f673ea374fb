//! No secret of a store is in any output, in any file of the command, or in any object of the repository.

use std::fs;
use std::path::Path;

use milvus_backup_testkit::{Credentials, Disturbance, StoreKind, StoreRoot, shared_store};
use milvus_backup_tests::{milvus_br::MilvusBr, outcome::Outcome};

use super::bench::{Bench, IMPATIENT, LITE};

in_stores!(seaweedfs SeaweedFs, azurite Azurite: [are_nowhere]);

fn are_nowhere(kind: StoreKind) {
    let bench = Bench::impatient(kind, "store_secrets");
    let server = shared_store(kind).unwrap();
    let owner = bench.br.files().store().clone();
    let backup = bench.br.create(&[&bench.collection]);
    let with =
        |credentials| MilvusBr::on(LITE).rooted(server.root_with(&owner, credentials).unwrap()).configured(IMPATIENT);
    let missing = MilvusBr::on(LITE).rooted(owner.in_missing_bucket()).configured(IMPATIENT);

    for br in [&bench.br, &with(Credentials::ReadOnly), &with(Credentials::Wrong), &missing] {
        require_silent(br, &bench.collection, &backup, br.files().store());
    }
    for disturbance in [Disturbance::INTERNAL, Disturbance::LoseResponse] {
        bench.proxy.disturb(move |_, before| (before > 2).then_some(disturbance));
        require_silent_command(&bench.br, &["create", &bench.collection], &owner);
    }
    bench.proxy.calm();
    for file in bench.br.files().names() {
        require_absent(&bench.br.files().read(&file), &owner, &file);
    }
}

/// Runs commands, whether or not they succeed, with the most verbose log.
fn require_silent(br: &MilvusBr, collection: &str, backup: &str, root: &StoreRoot) {
    let create = ["create", collection, "--json", "--progress", "json"];
    for command in [&create[..], &["list"], &["verify", backup], &["prune", "--incomplete", "--dry-run"]] {
        require_silent_command(br, command, root);
    }
    require_absent_below(br.scratch(), root);
}

fn require_silent_command(br: &MilvusBr, command: &[&str], root: &StoreRoot) {
    let Outcome { stdout, stderr, .. } = br.run(&[command, &["-vvv"]].concat());
    require_absent(stdout.as_bytes(), root, &format!("the output of {command:?}"));
    require_absent(stderr.as_bytes(), root, &format!("the standard error of {command:?}"));
}

fn require_absent_below(directory: &Path, root: &StoreRoot) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            require_absent_below(&entry.path(), root);
        } else {
            require_absent(&fs::read(entry.path()).unwrap(), root, &entry.path().display().to_string());
        }
    }
}

fn require_absent(bytes: &[u8], root: &StoreRoot, what: &str) {
    let text = String::from_utf8_lossy(bytes);
    let signature = ["Signature=", "sig=", "X-Amz-Signature", "X-Amz-Credential"];
    for secret in root.secret().iter().map(String::as_str).chain(signature) {
        assert!(!text.contains(secret), "{what} contains `{secret}`:\n{text}");
    }
}
