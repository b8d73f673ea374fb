//! A wrong clock that can jump, for one process: libfaketime, which is loaded before all other libraries.

use std::path::PathBuf;

use crate::{
    apt,
    error::{Attempt, Error},
};

const PACKAGE: &str = "libfaketime";

/// Path of the library, below `usr/lib/ARCHITECTURE`.
const LIBRARY: &str = "faketime/libfaketime.so.1";

/// Returns the variables of a process whose clock is offset by the content of `file`, such as `+3d`, `-2h` or `+0`,
/// which may change at any time. Monotonic clocks are not affected.
pub fn variables(file: &str) -> Result<Vec<(&'static str, String)>, Error> {
    let library = library()?.to_string_lossy().into_owned();
    Ok(vec![
        ("LD_PRELOAD", library),
        ("FAKETIME_TIMESTAMP_FILE", file.to_owned()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
    ])
}

fn library() -> Result<PathBuf, Error> {
    let libraries = apt::unpack(PACKAGE)?.join("usr/lib");
    let architectures = libraries.read_dir().attempt(|| format!("list {}", libraries.display()))?;
    let found =
        architectures.flatten().map(|architecture| architecture.path().join(LIBRARY)).find(|path| path.is_file());
    found.ok_or_else(|| Error::Data { path: libraries.clone(), problem: format!("no {LIBRARY}") })
}
