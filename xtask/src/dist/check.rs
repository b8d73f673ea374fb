//! `cargo xtask dist --check`: every artefact is installed in a clean place, and works there.

use std::path::Path;
use std::time::{Duration, Instant};

use milvus_backup_testkit::{Lite, LiteVersion, ServerKind, Witness};

use super::artefact::Artefact;
use super::installed::{self, Installed};
use super::scenario;
use crate::error::{Error, Result};
use crate::terminal::{say, step};
use crate::workspace;

/// Maximum size of the executable in bytes, so that growth is noticed. The aim is 30 MiB, which it does not reach yet.
const MAX_BYTES: usize = 38 << 20;

/// Longest time in which the command has started.
const MAX_START: Duration = Duration::from_millis(10);

/// Number of starts, of which the fastest counts: a loaded machine delays some of them.
const STARTS: usize = 50;

type Install = fn(&Artefact, &Path) -> Result<Installed>;

/// The artefacts that are installed, by the end of their names.
const INSTALLATIONS: [(&str, Install); 4] = [
    (".tar.gz", installed::archive),
    (".whl", installed::wheel),
    (".deb", installed::package),
    (".oci.tar", installed::image),
];

/// Installs and tries the artefacts that can be installed.
pub(super) fn check(artefacts: &[Artefact], program: &[u8]) -> Result<()> {
    require_size(program)?;
    ServerKind::Lite322.install()?;
    let witness = Witness::new()?;
    let directory = tempfile::tempdir().map_err(Error::io("create a directory"))?;
    // Other users, such as those of the packages, have to reach what is installed.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(directory.path(), open).map_err(Error::io("open a directory"))?;
    let server = Lite::start_on(LiteVersion::V3_2_2, directory.path().join("milvus.db"))?;
    scenario::seed(&witness, &server.uri())?;
    for (number, (end, install)) in INSTALLATIONS.iter().enumerate() {
        let artefact = artefacts.iter().find(|artefact| artefact.name.ends_with(end));
        let artefact = artefact.ok_or_else(|| Error::Dist(format!("there is no artefact {end}")))?;
        step(&format!("install and try {}", artefact.name), || {
            let place = directory.path().join(number.to_string());
            std::fs::create_dir(&place).map_err(Error::io("create a directory"))?;
            let installed = install(artefact, &place)?;
            require_start(&installed, *end == ".tar.gz")?;
            scenario::run(&installed, &witness, &server.uri(), &format!("restored_{number}"))
        })?;
    }
    Ok(())
}

fn require_size(program: &[u8]) -> Result<()> {
    let tenths = program.len() * 10 / (1 << 20);
    say(format_args!("    the executable has {}.{} MiB", tenths / 10, tenths % 10));
    if program.len() > MAX_BYTES {
        return Err(Error::Dist(format!("the executable has {} bytes, more than {MAX_BYTES}", program.len())));
    }
    Ok(())
}

/// Fails if the command does not start, or too slowly where nothing stands before it.
fn require_start(installed: &Installed, direct: bool) -> Result<()> {
    let mut fastest = Duration::MAX;
    for _ in 0..if direct { STARTS } else { 1 } {
        let started = Instant::now();
        workspace::capture(installed.command(&["--version"]))?;
        fastest = fastest.min(started.elapsed());
    }
    if direct {
        say(format_args!("    it starts in {:.1} ms", fastest.as_secs_f64() * 1000.0));
    }
    if direct && fastest > MAX_START {
        return Err(Error::Dist(format!("it starts in {fastest:?}, more than {MAX_START:?}")));
    }
    Ok(())
}
