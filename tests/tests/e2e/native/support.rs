//! The command with the stand-in for the tool, or with the tool itself.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use milvus_backup_testkit::{ServerKind, native_tool::ToolFault, shared};
use milvus_backup_tests::{milvus_br::MilvusBr, root::Root};
use tempfile::TempDir;

pub(super) const MILVUS: ServerKind = ServerKind::Milvus235;

/// Names the executable of the tool itself.
const REAL: &str = "MILVUS_BR_TEST_MILVUS_BACKUP";

/// The command with an executable of its own for the tool, and a directory of its own for temporary files.
#[derive(Debug)]
pub(super) struct Native {
    directory: TempDir,
    pub(super) br: MilvusBr,
}

impl Native {
    /// With the stand-in, and a repository of its own.
    pub(super) fn new() -> Self {
        let native = Self::with_tool(Path::new(env!("CARGO_BIN_EXE_milvus-backup-stand-in")));
        assert!(native.leftovers().is_empty());
        native
    }

    /// With this executable, on the shared server.
    pub(super) fn with_tool(executable: &Path) -> Self {
        let storage = shared(MILVUS).unwrap().data_dir().into_os_string().into_string().unwrap();
        Self::around(executable, MilvusBr::on(MILVUS).with_env("MILVUS_BR_MILVUS_STORAGE", storage))
    }

    /// With this executable, around a command that knows its server and the storage of that.
    pub(super) fn around(executable: &Path, br: MilvusBr) -> Self {
        let directory = tempfile::Builder::new().prefix("milvus-br-native.").tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        symlink(executable, path("milvus-backup")).unwrap();
        fs::create_dir(path("tmp")).unwrap();
        let text = |path: PathBuf| path.into_os_string().into_string().unwrap();
        let br = br
            .with_env("MILVUS_BR_STORAGE", "native")
            .with_env("MILVUS_BR_NATIVE_TOOL", text(path("milvus-backup")))
            .with_env("TMPDIR", text(path("tmp")));
        Self { directory, br }
    }

    /// Lets the stand-in misbehave from now on; `None` lets it behave well.
    pub(super) fn fault(&self, fault: Option<ToolFault>) {
        let file = self.directory.path().join(ToolFault::FILE);
        fs::write(file, fault.map_or_else(String::new, ToolFault::name)).unwrap();
    }

    /// The private directories that the command left.
    pub(super) fn leftovers(&self) -> Vec<PathBuf> {
        fs::read_dir(self.directory.path().join("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    /// The processes that run the tool of this command.
    pub(super) fn processes(&self) -> Vec<String> {
        let tool = self.directory.path().to_str().unwrap();
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
        let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
        lines.filter(|line| line.contains(tool) && !line.contains("milvus-br ")).collect()
    }

    /// Asserts that no backup is listed, no file is left, and no process runs.
    pub(super) fn assert_nothing_left(&self) {
        assert_eq!(self.br.listed(), Vec::<String>::new());
        let data: Vec<String> = self.br.everything().into_iter().filter(|file| file.contains("/data/")).collect();
        assert!(data.is_empty(), "{data:?}");
        if let Root::Directory(root) = self.br.files() {
            let trees = directories(root);
            assert!(trees.iter().all(|tree| !tree.contains("mbr_")), "{trees:?}");
        }
        assert_eq!(self.processes(), Vec::<String>::new());
        assert_eq!(self.leftovers(), Vec::<PathBuf>::new());
    }
}

/// The directories below one, by their paths.
fn directories(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir()) {
        found.push(entry.path().display().to_string());
        found.extend(directories(&entry.path()));
    }
    found
}

/// The executable of the tool itself, or `None`, which is said, with the reason.
pub(super) fn real_tool(test: &str) -> Option<PathBuf> {
    let named = env::var_os(REAL).map(PathBuf::from);
    if named.is_none() {
        eprintln!("{test}: skipped, since {REAL} does not name the milvus-backup tool, which no registry has here");
    }
    named
}
