//! The steps of `cargo xtask dist`.

use std::fs;
use std::path::Path;

use super::artefact::{Artefact, Ingredients};
use super::dependencies::{ROOT, dependencies};
use super::encoding::sha256;
use super::licences::licences;
use super::{archive, build, check, debian, documents, oci, sbom, wheel};
use crate::error::{Error, Result};
use crate::terminal::{say, step};
use crate::workspace;

/// Where the Debian package keeps backups.
const DEBIAN_BACKUPS: &str = "/var/backups/milvus-br";

/// Builds all artefacts in `dist` of the build directory; with `try_them`, also installs and tries each of them.
pub(crate) fn run(try_them: bool) -> Result<()> {
    let program = step("build the executable", build::program)?;
    let ingredients = step("licences, documents and bill of materials", || ingredients(&program))?;
    let artefacts = step("pack", || artefacts(&ingredients))?;
    step("pack again, which must give the same bytes", || require_same(&artefacts, &ingredients))?;
    let directory = build::target_directory()?.join("dist");
    write(&artefacts, &directory)?;
    if try_them {
        check::check(&artefacts, &ingredients.program)?;
    }
    say(format_args!("the artefacts are in {}", workspace::shown(&directory)));
    Ok(())
}

fn ingredients(program: &Path) -> Result<Ingredients> {
    let used = dependencies()?;
    let version = used.iter().find(|package| package.name == ROOT).map(|package| package.version.clone());
    let version = version.ok_or_else(|| Error::Dist(format!("there is no package {ROOT}")))?;
    Ok(Ingredients {
        epoch: build::epoch()?,
        program: fs::read(program).map_err(Error::io(format!("read {}", program.display())))?,
        documents: documents::documents(program)?,
        configuration: documents::configuration(program, DEBIAN_BACKUPS)?,
        licences: licences(&used)?,
        bill: sbom::bill(&version, &used)?,
        version,
    })
}

fn artefacts(from: &Ingredients) -> Result<Vec<Artefact>> {
    let bill = Artefact { name: format!("milvus-br-{}.cdx.json", from.version), bytes: from.bill.clone() };
    let mut all = vec![archive::archive(from)?, wheel::wheel(from)?, debian::package(from)?, oci::image(from)?, bill];
    all.sort_by(|one, other| one.name.cmp(&other.name));
    let sums = all.iter().map(|artefact| format!("{}  {}\n", sha256(&artefact.bytes), artefact.name));
    let sums = Artefact { name: "SHA256SUMS".to_owned(), bytes: sums.collect::<String>().into_bytes() };
    all.push(sums);
    Ok(all)
}

fn require_same(packed: &[Artefact], from: &Ingredients) -> Result<()> {
    let again = artefacts(from)?;
    match packed.iter().zip(&again).find(|(one, other)| one != other) {
        Some((different, _)) => Err(Error::Dist(format!("{} has other bytes each time", different.name))),
        None => Ok(()),
    }
}

/// Writes the artefacts into an empty directory.
fn write(artefacts: &[Artefact], directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(Error::io(format!("empty {}", directory.display())))?;
    }
    fs::create_dir_all(directory).map_err(Error::io(format!("create {}", directory.display())))?;
    for artefact in artefacts {
        let file = directory.join(&artefact.name);
        fs::write(&file, &artefact.bytes).map_err(Error::io(format!("write {}", file.display())))?;
        say(format_args!("    {:>10} {}", artefact.bytes.len(), artefact.name));
    }
    Ok(())
}
