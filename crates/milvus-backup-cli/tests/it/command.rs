//! Runs the command in a directory of its own, with nothing of the machine in its environment.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::Timestamp;
use milvus_backup_core::{BackupId, ChecksumAlgorithm};
use milvus_backup_integrity::Hasher;
use serde_json::Value;
use tempfile::TempDir;

/// The golden backup of the whole collection, and the older one of its partition `alpha`.
pub(crate) const FULL: &str = "20261128T064152Z-e33e9a23";
pub(crate) const PART: &str = "20261128T064151Z-cb8fd918";

/// A directory with, perhaps, a repository named `root` in it.
pub(crate) struct Sandbox {
    directory: TempDir,
}

/// What a run printed, and its exit code.
pub(crate) struct Printed {
    pub(crate) exit_code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    /// Without a repository.
    pub(crate) fn empty() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// With a copy of the golden repository of format version 1, made with Milvus 2.3.5.
    pub(crate) fn golden() -> Self {
        let sandbox = Self::empty();
        let golden: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../tests/compat/v1/milvus-2.3.5/root"].iter().collect();
        copy(&golden, &sandbox.path("root"));
        sandbox
    }

    /// Adds a copy of a golden backup, started at `created_at`, whose metadata is edited and sealed again.
    pub(crate) fn add(&self, original: &str, created_at: &str, edit: impl FnOnce(&mut Value)) -> String {
        let time: Timestamp = created_at.parse().unwrap();
        let id = BackupId::new(time, [0, 0, 0, u8::from(original == PART)]).to_string();
        let golden = self.path("root").join("golden");
        let mut metadata: Value =
            serde_json::from_slice(&fs::read(golden.join(original).join("metadata.json")).unwrap()).unwrap();
        metadata["backup_id"] = id.clone().into();
        metadata["created_at"] = created_at.into();
        metadata["backup_name"] = format!("copy of {created_at}").into();
        edit(&mut metadata);
        let (database, collection) = (&metadata["database"], metadata["collection_name"].as_str().unwrap());
        let directory = match database.as_str().unwrap() {
            "default" => collection.to_owned(),
            database => format!("{database}.{collection}"),
        };
        metadata["storage_path"] = format!("{directory}/{id}").into();
        let target = self.path("root").join(directory).join(&id);
        copy(&golden.join(original), &target);
        let _ = fs::remove_file(target.join("verification.json"));
        fs::write(target.join("metadata.json"), sealed(metadata)).unwrap();
        id
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs the command. It finds its repository at `root`, and no Milvus.
    pub(crate) fn run(&self, arguments: &[&str]) -> Printed {
        self.run_without(arguments, "")
    }

    /// Runs the command without one of the variables of [`Self::run`].
    pub(crate) fn run_without(&self, arguments: &[&str], variable: &str) -> Printed {
        let mut command = Command::new(env!("CARGO_BIN_EXE_milvus-br"));
        command
            .args(arguments)
            .env_clear()
            .env("MILVUS_BR_ROOT", "root")
            .env("MILVUS_URI", "http://127.0.0.1:1")
            .env("HOME", self.directory.path())
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        if !variable.is_empty() {
            command.env_remove(variable);
        }
        let output = command.output().unwrap();
        Printed {
            exit_code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the command and returns all that it printed, for a snapshot.
    pub(crate) fn transcript(&self, arguments: &[&str]) -> String {
        let printed = self.run(arguments);
        let mut text = format!("$ milvus-br {}\nexit code {}\n", arguments.join(" "), printed.exit_code);
        for (name, content) in [("stdout", &printed.stdout), ("stderr", &printed.stderr)] {
            if !content.is_empty() {
                text += "--- ";
                text += name;
                text += "\n";
                text += content;
            }
        }
        text
    }
}

/// Puts the digest of the metadata into it. For ASCII without floating-point numbers the canonical form is the compact one.
fn sealed(mut metadata: Value) -> Vec<u8> {
    metadata.as_object_mut().unwrap().remove("digest");
    let mut hasher = Hasher::new(ChecksumAlgorithm::Sha256);
    hasher.update(serde_json::to_string(&metadata).unwrap().as_bytes());
    metadata["digest"] = hasher.finish_hex().into();
    let mut text = serde_json::to_vec_pretty(&metadata).unwrap();
    text.push(b'\n');
    text
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
