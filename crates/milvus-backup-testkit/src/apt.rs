//! Installing a Debian package, as root, if a part of the kit needs one that is missing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    cache, command,
    error::{Attempt, Error},
};

const LIMIT: Duration = Duration::from_mins(10);

/// Returns whether this process may install packages here.
pub(crate) fn available() -> bool {
    rustix::process::geteuid().is_root() && Command::new("apt-get").arg("--version").output().is_ok()
}

/// Installs `package`, refreshing the package lists if the first attempt fails.
pub(crate) fn install(package: &str) -> Result<(), Error> {
    let _lock = cache::lock("apt")?;
    refreshing(|| apt_get(&["install", "-y", "--no-install-recommends", package]))
}

/// Runs an operation that needs package lists; a fresh machine has none, and only root can fetch them. The caller holds
/// the lock.
fn refreshing(attempt: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
    match attempt() {
        Err(_) if available() => {
            apt_get(&["update"])?;
            attempt()
        }
        outcome => outcome,
    }
}

/// Unpacks `package` into the cache without installing it, which needs no privileges. Returns the root of its files.
pub(crate) fn unpack(package: &str) -> Result<PathBuf, Error> {
    cache::install(package, package, |dir| {
        let lock = cache::lock("apt")?;
        refreshing(|| {
            let mut download = Command::new("apt-get");
            download.args(["-q", "download", package]).current_dir(dir);
            command::run(download, b"", LIMIT).map(drop)
        })?;
        drop(lock);
        let mut extract = Command::new("dpkg");
        extract.arg("-x").arg(downloaded(dir)?).arg(dir);
        command::run(extract, b"", LIMIT).map(drop)
    })
}

fn downloaded(dir: &Path) -> Result<PathBuf, Error> {
    let entries = fs::read_dir(dir).attempt(|| format!("list {}", dir.display()))?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    paths
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .ok_or_else(|| Error::Data { path: dir.to_path_buf(), problem: "apt-get downloaded no package".to_owned() })
}

fn apt_get(arguments: &[&str]) -> Result<(), Error> {
    let mut command = Command::new("apt-get");
    // Another package manager may be running: wait for its lock.
    command.args(["-q", "-o", "DPkg::Lock::Timeout=300"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command::run(command, b"", LIMIT).map(drop)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_package_unpacks_without_being_installed() {
        let root = super::unpack("wordnet-base").unwrap();
        assert!(root.join("usr/share/wordnet/data.noun").is_file());
    }
}
