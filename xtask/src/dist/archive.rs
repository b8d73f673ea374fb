//! The archive for everyone who has none of the package managers: the executable, its documents, and the licences.

use super::artefact::{Artefact, Ingredients, TARGET};
use super::encoding::gzip;
use super::tree::{FILE, PROGRAM, Tree};
use crate::error::Result;

/// Returns the archive of a release.
pub(super) fn archive(from: &Ingredients) -> Result<Artefact> {
    let name = format!("milvus-br-{}-{TARGET}", from.version);
    let mut tree = Tree::default();
    tree.file("milvus-br", PROGRAM, from.program.clone());
    tree.file("LICENSE", FILE, from.licences.own.clone());
    tree.file("THIRD-PARTY-LICENSES.txt", FILE, from.licences.others.clone());
    tree.file("milvus-br.cdx.json", FILE, from.bill.clone());
    for (path, content) in from.documents.files() {
        let path = path.replace("man/", "man/man1/");
        tree.file(&path, FILE, content);
    }
    Ok(Artefact { bytes: gzip(&tree.tar(&format!("{name}/"), from.epoch)?)?, name: format!("{name}.tar.gz") })
}
