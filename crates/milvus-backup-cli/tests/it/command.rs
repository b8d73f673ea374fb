//! Runs the command in a directory of its own, with nothing of the machine in its environment.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs the command. It finds its repository at `root`, and no Milvus.
    pub(crate) fn run(&self, arguments: &[&str]) -> Printed {
        let output = Command::new(env!("CARGO_BIN_EXE_milvus-br"))
            .args(arguments)
            .env_clear()
            .env("MILVUS_BR_ROOT", "root")
            .env("MILVUS_URI", "http://127.0.0.1:1")
            .env("HOME", self.directory.path())
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
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
