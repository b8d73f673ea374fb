//! [`Installed`]: an artefact, installed in a clean place, and how a user would start the command there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::artefact::Artefact;
use super::oci::USER;
use crate::error::{Error, Result};
use crate::workspace;

/// A command that is installed, without the variables of this machine.
#[derive(Debug)]
pub(super) struct Installed {
    program: OsString,
    before: Vec<OsString>,
    environment: Vec<(&'static str, String)>,
}

impl Installed {
    fn new(program: impl Into<OsString>) -> Self {
        let environment = vec![("PATH", "/usr/sbin:/usr/bin:/sbin:/bin".to_owned())];
        Self { program: program.into(), before: Vec::new(), environment }
    }

    /// Starts it through a script, whose parameters come before the arguments of the command.
    fn through(script: &str, parameters: &[&Path]) -> Self {
        let mut installed = Self::new("unshare");
        let own = ["--mount", "sh", "-ec", script, "sh"].map(OsString::from);
        installed.before = own.into_iter().chain(parameters.iter().map(OsString::from)).collect();
        installed
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Returns a run of the command.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.before).args(arguments).env_clear().stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command
    }
}

/// Unpacks the archive with tar.
pub(super) fn archive(artefact: &Artefact, directory: &Path) -> Result<Installed> {
    let file = written(artefact, directory)?;
    run("tar", &["--extract", "--directory"], &[directory, Path::new("--file"), &file])?;
    let program = directory.join(artefact.name.trim_end_matches(".tar.gz")).join("milvus-br");
    Ok(Installed::new(program).with("MILVUS_BR_ROOT", directory.join("backups").display().to_string()))
}

/// Installs the wheel with pip, in an environment that has nothing else.
pub(super) fn wheel(artefact: &Artefact, directory: &Path) -> Result<Installed> {
    let (file, environment) = (written(artefact, directory)?, directory.join("environment"));
    run("python3", &["-m", "venv"], &[&environment])?;
    let pip = environment.join("bin").join("pip");
    run(&pip.display().to_string(), &["install", "--quiet", "--no-index"], &[&file])?;
    let program = environment.join("bin").join("milvus-br");
    Ok(Installed::new(program).with("MILVUS_BR_ROOT", directory.join("backups").display().to_string()))
}

/// Enters a copy of this machine's file system, whose changes go to a directory.
const OVERLAY: &str = "mount -t overlay overlay -o \"lowerdir=/,upperdir=$1/upper,workdir=$1/work\" \"$1/merged\"; \
    mount -t proc proc \"$1/merged/proc\"; mount --rbind /dev \"$1/merged/dev\"; ";

/// Installs the Debian package with dpkg over this machine's system, of which nothing changes.
pub(super) fn package(artefact: &Artefact, directory: &Path) -> Result<Installed> {
    for name in ["upper", "work", "merged"] {
        std::fs::create_dir_all(directory.join(name)).map_err(Error::io("create a directory"))?;
    }
    std::fs::create_dir_all(directory.join("upper/package")).map_err(Error::io("create a directory"))?;
    written(artefact, &directory.join("upper/package"))?;
    let install = format!(
        "{OVERLAY} chroot \"$1/merged\" sh -ec 'dpkg --install /package/{name}; dpkg --verify milvus-br; \
         systemd-analyze verify --man=no milvus-br.service milvus-br@nightly.service milvus-br@nightly.timer; \
         dpkg --remove milvus-br; test ! -e /usr/bin/milvus-br; dpkg --install /package/{name}'",
        name = artefact.name
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-ec", &install, "sh"]).arg(directory).stdin(Stdio::null());
    workspace::run(command)?;
    let start = format!(
        "{OVERLAY} root=\"$1/merged\"; shift; \
         exec chroot \"$root\" setpriv --reuid milvus-br --regid milvus-br --clear-groups \
         /usr/bin/milvus-br --config /etc/milvus-br/config.toml \"$@\""
    );
    Ok(Installed::through(&start, &[directory]).with("HOME", "/var/lib/milvus-br"))
}

/// Starts the command of the image as an engine does: with devices and processes, a root file system that is read-only, and
/// directories as volumes.
const CONTAINER: &str = "mkdir -p \"$1/dev\" \"$1/proc\"; mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro \"$1\"; \
    mount --rbind /dev \"$1/dev\"; mount -t proc proc \"$1/proc\"; \
    mount --bind \"$2\" \"$1/backups\"; mount --bind \"$3\" \"$1/var/lib/milvus-br\"; \
    user=\"$4\" root=\"$1\"; shift 4; exec chroot --userspec=\"$user\" \"$root\" /usr/bin/milvus-br \"$@\"";

/// Unpacks the image as an engine does, and checks the digests on the way.
pub(super) fn image(artefact: &Artefact, directory: &Path) -> Result<Installed> {
    let file = written(artefact, directory)?;
    let (layout, root) = (directory.join("layout"), directory.join("root"));
    for path in [&layout, &root] {
        std::fs::create_dir_all(path).map_err(Error::io("create a directory"))?;
    }
    run("tar", &["--extract", "--directory"], &[&layout, Path::new("--file"), &file])?;
    for layer in layers(&layout)? {
        run(
            "tar",
            &["--extract", "--same-permissions", "--same-owner", "--gzip", "--directory"],
            &[&root, Path::new("--file"), &layer],
        )?;
    }
    let volumes = [directory.join("backups"), directory.join("state")];
    for volume in &volumes {
        std::fs::create_dir_all(volume).map_err(Error::io("create a volume"))?;
        std::os::unix::fs::chown(volume, u32::try_from(USER).ok(), u32::try_from(USER).ok())
            .map_err(Error::io("give the user a volume"))?;
    }
    let user = format!("{USER}:{USER}");
    let installed = Installed::through(CONTAINER, &[&root, &volumes[0], &volumes[1], Path::new(&user)]);
    Ok(installed.with("HOME", "/var/lib/milvus-br").with("MILVUS_BR_ROOT", "/backups"))
}

/// Returns the layers of an image, after comparing every blob on the way with its digest.
fn layers(layout: &Path) -> Result<Vec<PathBuf>> {
    let blob = |descriptor: &serde_json::Value| -> Result<(PathBuf, Vec<u8>)> {
        let digest =
            descriptor["digest"].as_str().and_then(|digest| digest.strip_prefix("sha256:")).unwrap_or_default();
        let path = layout.join("blobs/sha256").join(digest);
        let bytes = std::fs::read(&path).map_err(Error::io(format!("read {}", path.display())))?;
        let sound = super::encoding::sha256(&bytes) == digest && descriptor["size"] == bytes.len();
        if sound { Ok((path, bytes)) } else { Err(Error::Dist(format!("blob {digest} is not what it is called"))) }
    };
    let parse = |bytes: &[u8]| -> Result<serde_json::Value> {
        serde_json::from_slice(bytes).map_err(|source| Error::Unreadable { command: "the image".to_owned(), source })
    };
    let index = std::fs::read(layout.join("index.json")).map_err(Error::io("read index.json"))?;
    let (_, manifest) = blob(&parse(&index)?["manifests"][0])?;
    let manifest = parse(&manifest)?;
    blob(&manifest["config"])?;
    let layers = manifest["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    layers.iter().map(|layer| Ok(blob(layer)?.0)).collect()
}

fn written(artefact: &Artefact, directory: &Path) -> Result<PathBuf> {
    let file = directory.join(&artefact.name);
    std::fs::write(&file, &artefact.bytes).map_err(Error::io(format!("write {}", file.display())))?;
    Ok(file)
}

fn run(program: &str, arguments: &[&str], paths: &[&Path]) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).args(paths).stdin(Stdio::null());
    workspace::run(command)
}
