//! The Debian package: the executable, its documents, and units of systemd with a user of their own.

use std::fs;

use super::artefact::{Artefact, Ingredients};
use super::encoding::gzip;
use super::tree::{FILE, PROGRAM, Tree};
use crate::error::{Error, Result};
use crate::workspace;

/// Where the files of the package are in the workspace, and in the package.
const FILES: [(&str, &str); 4] = [
    ("milvus-br.service", "usr/lib/systemd/system/milvus-br.service"),
    ("milvus-br@.service", "usr/lib/systemd/system/milvus-br@.service"),
    ("milvus-br@.timer", "usr/lib/systemd/system/milvus-br@.timer"),
    ("copyright", "usr/share/doc/milvus-br/copyright"),
];

/// The configuration, which an administrator changes and an update keeps.
const CONFIGURATION: &str = "etc/milvus-br/config.toml";

/// The scripts that dpkg runs.
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

/// Returns the package of a release.
pub(super) fn package(from: &Ingredients) -> Result<Artefact> {
    let data = data(from)?;
    let control = control(from, &data)?;
    let mut builder = ar::Builder::new(Vec::new());
    let members = [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", gzip(&control.tar("", from.epoch)?)?),
        ("data.tar.gz", gzip(&data.tar("", from.epoch)?)?),
    ];
    for (name, content) in members {
        let mut header = ar::Header::new(name.into(), content.len() as u64);
        header.set_mode(0o100_644);
        header.set_mtime(from.epoch);
        builder.append(&header, content.as_slice()).map_err(Error::io(format!("pack {name}")))?;
    }
    let bytes = builder.into_inner().map_err(Error::io("write the package"))?;
    Ok(Artefact { name: format!("milvus-br_{}-1_amd64.deb", from.version), bytes })
}

fn data(from: &Ingredients) -> Result<Tree> {
    let mut tree = Tree::default();
    tree.file("usr/bin/milvus-br", PROGRAM, from.program.clone());
    for (file, path) in FILES {
        tree.file(path, FILE, of_package(file)?);
    }
    tree.file(CONFIGURATION, FILE, from.configuration.clone());
    tree.file("usr/share/doc/milvus-br/THIRD-PARTY-LICENSES.txt.gz", FILE, gzip(&from.licences.others)?);
    tree.file("usr/share/doc/milvus-br/milvus-br.cdx.json.gz", FILE, gzip(&from.bill)?);
    for (path, content) in from.documents.files() {
        match path.split_once('/') {
            Some(("man", page)) => tree.file(&format!("usr/share/man/man1/{page}.gz"), FILE, gzip(content)?),
            Some((_, "_milvus-br")) => {
                tree.file("usr/share/zsh/vendor-completions/_milvus-br", FILE, content);
            }
            Some((_, "milvus-br.fish")) => {
                tree.file("usr/share/fish/vendor_completions.d/milvus-br.fish", FILE, content);
            }
            _ => tree.file("usr/share/bash-completion/completions/milvus-br", FILE, content),
        }
    }
    Ok(tree)
}

fn control(from: &Ingredients, data: &Tree) -> Result<Tree> {
    let kilobytes = data.files().map(|(_, content)| content.len().div_ceil(1024)).sum::<usize>();
    let text = format!(
        "Package: milvus-br\nVersion: {}-1\nArchitecture: amd64\n\
         Maintainer: The milvus-br developers <milvus-br@localhost>\nInstalled-Size: {kilobytes}\nSection: database\n\
         Priority: optional\nRecommends: ca-certificates\n\
         Description: back up, verify and restore Milvus collections\n\
         \x20Backups are directories of plain Parquet and JSON files with a checksum over\n\
         \x20every byte, on a disk or in an object store.\n",
        from.version
    );
    let mut tree = Tree::default();
    tree.file("control", FILE, text);
    tree.file("conffiles", FILE, format!("/{CONFIGURATION}\n"));
    for script in SCRIPTS {
        tree.file(script, PROGRAM, of_package(script)?);
    }
    Ok(tree)
}

/// Reads a file of `packaging/debian`.
fn of_package(name: &str) -> Result<Vec<u8>> {
    let path = workspace::root().join("packaging/debian").join(name);
    fs::read(&path).map_err(Error::io(format!("read {}", workspace::shown(&path))))
}
