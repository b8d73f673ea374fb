//! The cache of installations, each of which is installed exactly once.
//!
//! An installation is built in a separate directory, `NAME@RANDOM`, under an exclusive file lock, and is valid only if
//! its stamp file exists and equals the requirement list. Therefore an interrupted installation is never mistaken for a
//! complete one, a changed pin is installed beside the old one, and a process that still uses the old one is not
//! disturbed.

use std::{
    env,
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};

use crate::error::{Attempt, Error};

const STAMP: &str = "testkit-complete";

/// Returns the directory of everything that this crate installs: `$MILVUS_BR_TESTKIT_CACHE`, else
/// `$XDG_CACHE_HOME/milvus-br-testkit`, else `~/.cache/milvus-br-testkit`.
pub fn cache_dir() -> Result<PathBuf, Error> {
    choose(env::var_os("MILVUS_BR_TESTKIT_CACHE"), env::var_os("XDG_CACHE_HOME"), env::home_dir())
}

fn choose(
    own: Option<impl Into<PathBuf>>,
    xdg: Option<impl Into<PathBuf>>,
    home: Option<PathBuf>,
) -> Result<PathBuf, Error> {
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    own.map(Into::into)
        .and_then(absolute)
        .or_else(|| xdg.map(Into::into).and_then(absolute).map(|dir| dir.join("milvus-br-testkit")))
        .or_else(|| home.and_then(absolute).map(|dir| dir.join(".cache").join("milvus-br-testkit")))
        .ok_or(Error::NoCacheDir)
}

/// Returns a directory below [`cache_dir`], and creates it if it is missing.
pub(crate) fn subdir(name: &str) -> Result<PathBuf, Error> {
    let dir = cache_dir()?.join(name);
    fs::create_dir_all(&dir).attempt(|| format!("create {}", dir.display()))?;
    Ok(dir)
}

/// Acquires the lock of `name`, waiting for its holder. It is released when the file is dropped or its owner dies.
pub(crate) fn lock(name: &str) -> Result<File, Error> {
    lock_in(&subdir("locks")?, name)
}

fn lock_in(dir: &Path, name: &str) -> Result<File, Error> {
    let path = dir.join(name);
    let file = open_lock(&path)?;
    file.lock().attempt(|| format!("lock {}", path.display()))?;
    Ok(file)
}

/// Opens a lock file without acquiring the lock.
pub(crate) fn open_lock(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .attempt(|| format!("open {}", path.display()))
}

/// Returns the complete installation of `name` that matches `stamp`, built by `build` if there is none.
pub(crate) fn install(
    name: &str,
    stamp: &str,
    build: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    install_in(&subdir("installed")?, &subdir("locks")?, name, stamp, build)
}

fn install_in(
    root: &Path,
    locks: &Path,
    name: &str,
    stamp: &str,
    build: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    if let Some(found) = find(root, name, stamp) {
        return Ok(found);
    }
    let _lock = lock_in(locks, name)?;
    if let Some(found) = find(root, name, stamp) {
        return Ok(found);
    }
    remove_unfinished(root, name);
    let dir = tempfile::Builder::new()
        .prefix(&format!("{name}@"))
        .tempdir_in(root)
        .attempt(|| format!("create a directory in {}", root.display()))?;
    build(dir.path())?;
    write_whole(&dir.path().join(STAMP), stamp.as_bytes())?;
    Ok(dir.keep())
}

/// Writes a file such that it is either absent or complete.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), Error> {
    let part = path.with_extension("part");
    fs::write(&part, content).and_then(|()| fs::rename(&part, path)).attempt(|| format!("write {}", path.display()))
}

fn of_name(root: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let prefix = format!("{name}@");
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    entries.filter(move |entry| entry.file_name().to_string_lossy().starts_with(&prefix)).map(|entry| entry.path())
}

fn find(root: &Path, name: &str, stamp: &str) -> Option<PathBuf> {
    of_name(root, name).find(|dir| fs::read_to_string(dir.join(STAMP)).is_ok_and(|found| found == stamp))
}

/// Removes incomplete installations. The caller holds the lock of `name`, so none of them is in progress.
fn remove_unfinished(root: &Path, name: &str) {
    for dir in of_name(root, name).filter(|dir| !dir.join(STAMP).exists()) {
        // Best effort: files that cannot be removed only occupy space.
        drop(fs::remove_dir_all(dir));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
        time::Duration,
    };

    use super::*;

    #[test]
    fn own_variable_beats_xdg_beats_home() {
        let home = Some(PathBuf::from("/home/u"));
        assert_eq!(choose(Some("/a"), Some("/b"), home.clone()).unwrap(), Path::new("/a"));
        assert_eq!(choose(None::<&str>, Some("/b"), home.clone()).unwrap(), Path::new("/b/milvus-br-testkit"));
        let from_home = choose(None::<&str>, None::<&str>, home).unwrap();
        assert_eq!(from_home, Path::new("/home/u/.cache/milvus-br-testkit"));
        assert!(matches!(choose(Some("relative"), None::<&str>, None), Err(Error::NoCacheDir)));
    }

    #[test]
    fn a_half_install_is_removed_and_a_changed_stamp_installs_anew() {
        let root = tempfile::tempdir().unwrap();
        let half = root.path().join("thing@half");
        fs::create_dir(&half).unwrap();
        let old = root.path().join("thing@old");
        fs::create_dir(&old).unwrap();
        write_whole(&old.join(STAMP), b"v1").unwrap();

        assert_eq!(find(root.path(), "thing", "v1").unwrap(), old);
        assert_eq!(find(root.path(), "thing", "v2"), None);
        remove_unfinished(root.path(), "thing");
        assert!(!half.exists() && old.exists());
    }

    #[test]
    fn of_many_that_start_together_one_builds() {
        let (root, locks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let builds = AtomicUsize::new(0);
        let build = |dir: &Path| {
            builds.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(50));
            write_whole(&dir.join("thing"), b"x")
        };
        let install = || install_in(root.path(), locks.path(), "thing", "v1", build).unwrap();
        let found: Vec<PathBuf> = thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(install)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(builds.into_inner(), 1);
        assert!(found.iter().all(|dir| *dir == found[0] && dir.join("thing").is_file()));
    }

    #[test]
    fn a_failed_build_leaves_nothing() {
        let (root, locks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let failed = install_in(root.path(), locks.path(), "thing", "v1", |_| Err(Error::NoCacheDir));
        assert!(failed.is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
