//! Runs the built command as a user would: a process with arguments, an environment and a working directory.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::Instant,
};

use milvus_backup_testkit::{ServerKind, shared};
use tempfile::TempDir;

use crate::{
    backup_files::without_marker,
    outcome::Outcome,
    process::Running,
    root::{Place, Root},
    slow_link::slow_link,
};

/// An address where nothing listens: reserved by IANA, and not open on any machine that runs tests.
pub const NOWHERE: &str = "http://127.0.0.1:1";

/// The binary, built once per process from the sources as they are now, beside the test that runs; or the one that
/// `MILVUS_BR_TEST_BINARY` names, such as that of a package.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| env::var_os("MILVUS_BR_TEST_BINARY").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let test = env::current_exe().unwrap();
    // target/PROFILE/deps/TEST
    let profile = test.ancestors().nth(2).expect("a test lies in target/PROFILE/deps");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "milvus-backup-cli", "--bin", "milvus-br"]);
    match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") => {}
        Some(name) => drop(cargo.args(["--profile", name])),
        None => panic!("{} has no profile", profile.display()),
    }
    // It would have everything built anew, and is set only to ask the test harness for times.
    cargo.env_remove("RUSTC_BOOTSTRAP");
    cargo.arg("--target-dir").arg(profile.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(cargo.status().unwrap().success(), "milvus-br does not build");
    profile.join("milvus-br")
}

/// The command with a repository root of its own.
#[derive(Debug)]
pub struct MilvusBr {
    directory: TempDir,
    root: Root,
    uri: String,
    environment: Vec<(String, String)>,
    program: Option<PathBuf>,
}

impl MilvusBr {
    /// With a fresh root, talking to `uri`.
    pub fn new(uri: impl Into<String>) -> Self {
        let directory = tempfile::Builder::new().prefix("milvus-br-e2e.").tempdir().unwrap();
        let root = Root::Directory(directory.path().join("root"));
        Self { directory, root, uri: uri.into(), environment: Vec::new(), program: None }
    }

    /// With a fresh root, talking to the shared server of this kind.
    pub fn on(kind: ServerKind) -> Self {
        Self::new(shared(kind).unwrap().uri())
    }

    /// With a fresh root, talking to the shared server of this kind over a link so slow that there is time to interrupt
    /// what moves 5 MB.
    pub fn over_slow_link(kind: ServerKind) -> Self {
        Self::over_slow_link_to(&shared(kind).unwrap().uri())
    }

    /// The same to any server.
    pub fn over_slow_link_to(uri: &str) -> Self {
        Self::new(slow_link(uri, 2_500_000))
    }

    /// With a fresh root, and no Milvus anywhere.
    pub fn offline() -> Self {
        Self::new(NOWHERE)
    }

    /// The same root, with no Milvus anywhere.
    #[must_use]
    pub fn disconnected(mut self) -> Self {
        NOWHERE.clone_into(&mut self.uri);
        self
    }

    /// The same root, talking to the shared server of this kind again.
    #[must_use]
    pub fn connected(mut self, kind: ServerKind) -> Self {
        self.uri = shared(kind).unwrap().uri();
        self
    }

    /// With a root that another one has.
    #[must_use]
    pub fn with_root(mut self, root: &Path) -> Self {
        self.root = Root::Directory(root.to_owned());
        self
    }

    /// With a root in this place that no other one has.
    #[must_use]
    pub fn placed(self, place: Place) -> Self {
        let root = place.root(self.directory.path().join("root"));
        self.rooted(root)
    }

    /// With any root.
    #[must_use]
    pub fn rooted(mut self, root: impl Into<Root>) -> Self {
        self.root = root.into();
        self
    }

    /// Adds a variable to the environment of every run.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// With these settings in its configuration file.
    #[must_use]
    pub fn configured(self, settings: &str) -> Self {
        let path = self.scratch().join("settings.toml");
        fs::write(&path, settings).unwrap();
        self.with_env("MILVUS_BR_CONFIG", path.to_str().unwrap())
    }

    /// Runs another program with the same arguments.
    #[must_use]
    pub fn with_program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// The root of the repository, which is a directory; it may not exist yet.
    pub fn root(&self) -> PathBuf {
        self.root.directory().to_owned()
    }

    /// The root of the repository, wherever it is.
    pub fn files(&self) -> &Root {
        &self.root
    }

    /// Every file below the root, whatever it belongs to, but the marker of the repository: that one stays.
    pub fn everything(&self) -> Vec<String> {
        without_marker(self.root.names())
    }

    /// A directory beside the root for files of the test.
    pub fn scratch(&self) -> &Path {
        self.directory.path()
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        // It may be built now.
        let mut command = self.command(arguments);
        let started = Instant::now();
        let output = command.stdin(Stdio::null()).output().unwrap();
        Outcome::new(arguments, output, started.elapsed())
    }

    /// Runs it with `--json`, expects success, and returns the document.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let with_json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        self.run(&with_json).code(0).json()
    }

    /// Creates a backup and returns its identifier.
    pub fn create(&self, arguments: &[&str]) -> String {
        let with_create: Vec<&str> = std::iter::once("create").chain(arguments.iter().copied()).collect();
        let result = self.json(&with_create);
        assert_eq!(result["success"], true, "{result}");
        result["backup_id"].as_str().unwrap().to_owned()
    }

    /// Restores `backup` to `target` and returns the result.
    pub fn restore(&self, backup: &str, target: &str, more: &[&str]) -> serde_json::Value {
        let arguments: Vec<&str> =
            ["restore", backup, "--to", target].into_iter().chain(more.iter().copied()).collect();
        let result = self.json(&arguments);
        assert_eq!(result["success"], true, "{result}");
        assert_eq!(result["target_collection_name"], target, "{result}");
        result
    }

    /// Identifiers of the backups that are listed, newest first.
    pub fn listed(&self) -> Vec<String> {
        let list = self.json(&["list"]);
        list.as_array().unwrap().iter().map(|backup| backup["backup_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Starts it and lets it run.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments).stdin(Stdio::null()), arguments)
    }

    /// Starts a create, and returns once it writes its first data file.
    pub fn start_writing(&self, create: &[&str]) -> Running {
        self.start_until(create, "/data/", 1)
    }

    /// Starts a create, and returns once so many of its data files are complete.
    pub fn start_completing(&self, create: &[&str], files: usize) -> Running {
        self.start_until(create, "/unfinished/", files)
    }

    fn start_until(&self, create: &[&str], directory: &str, files: usize) -> Running {
        let count = || self.everything().iter().filter(|file| file.contains(directory)).count();
        let before = count();
        let mut running = self.start(&[&["create"], create].concat());
        running.wait_until(&format!("{files} files in {directory}"), || count() >= before + files);
        running
    }

    /// The identifier of the backup that a create left unfinished.
    pub fn unfinished(&self) -> String {
        let files = self.everything();
        let owner = files.iter().find(|file| file.ends_with("/unfinished.json")).unwrap();
        owner.split('/').nth(1).unwrap().to_owned()
    }

    /// The process to be, without any setting of the machine the test runs on.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program.as_deref().unwrap_or_else(|| binary()));
        let settings = ["MILVUS_", "AWS_", "AZURE_", "AZURITE_", "GOOGLE_"];
        let setting = |name: &str| settings.iter().any(|prefix| name.starts_with(prefix));
        for (name, _) in env::vars_os().filter(|(name, _)| setting(&name.to_string_lossy())) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("MILVUS_URI", &self.uri)
            .env("MILVUS_BR_ROOT", self.root.argument())
            .envs(self.root.environment())
            .env("XDG_CONFIG_HOME", self.directory.path())
            .env("NO_PROXY", "127.0.0.1,localhost")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.directory.path());
        command
    }
}
