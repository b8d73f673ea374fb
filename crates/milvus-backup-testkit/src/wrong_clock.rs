//! A clock that is wrong, and that jumps, for one process: libfaketime, which is loaded before everything else.

use std::path::PathBuf;

use crate::{
    apt,
    error::{Attempt, Error},
};

const PACKAGE: &str = "libfaketime";

/// Below `usr/lib/ARCHITECTURE`.
const LIBRARY: &str = "faketime/libfaketime.so.1";

/// The variables of a process whose clock is off by what is written in `file`, such as `+3d`, `-2h` or `+0`, as it is
/// written there at the moment. Clocks that only count what passes are right.
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
