//! The container image, as an OCI image layout in one tar file: the executable, a user, and nothing else that runs.

use serde_json::{Value, json};

use super::artefact::{Artefact, Ingredients, TARGET};
use super::certificates::authorities;
use super::encoding::{gzip, sha256};
use super::tree::{FILE, PROGRAM, Tree};
use crate::error::{Error, Result};

/// The user and the group of the process.
pub(super) const USER: u64 = 65532;

/// Returns the root file system of the image.
pub(super) fn root(from: &Ingredients) -> Tree {
    let mut tree = Tree::default();
    tree.file("usr/bin/milvus-br", PROGRAM, from.program.clone());
    tree.file("etc/passwd", FILE, format!("milvus-br:x:{USER}:{USER}::/var/lib/milvus-br:/nonexistent\n"));
    tree.file("etc/group", FILE, format!("milvus-br:x:{USER}:\n"));
    tree.file("etc/nsswitch.conf", FILE, "hosts: files dns\n");
    tree.file("etc/ssl/certs/ca-certificates.crt", FILE, authorities());
    tree.file("usr/share/doc/milvus-br/LICENSE", FILE, from.licences.own.clone());
    tree.file("usr/share/doc/milvus-br/THIRD-PARTY-LICENSES.txt", FILE, from.licences.others.clone());
    tree.directory("backups", 0o750, USER);
    tree.directory("var/lib/milvus-br", 0o750, USER);
    tree.directory("tmp", 0o1777, 0);
    tree
}

/// Returns the image of a release.
pub(super) fn image(from: &Ingredients) -> Result<Artefact> {
    let layer = root(from).tar("", from.epoch)?;
    let packed = gzip(&layer)?;
    let config = configuration(from, &sha256(&layer))?;
    let manifest = written(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &packed)],
    }))?;
    let mut of_manifest = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
    of_manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": from.version });
    of_manifest["platform"] = json!({ "architecture": "amd64", "os": "linux" });
    let index = written(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [of_manifest],
    }))?;
    let mut layout = Tree::default();
    layout.file("oci-layout", FILE, written(&json!({ "imageLayoutVersion": "1.0.0" }))?);
    layout.file("index.json", FILE, index);
    for blob in [config, manifest, packed] {
        layout.file(&format!("blobs/sha256/{}", sha256(&blob)), FILE, blob);
    }
    let name = format!("milvus-br-{}-{TARGET}.oci.tar", from.version);
    Ok(Artefact { name, bytes: layout.tar("", from.epoch)? })
}

fn configuration(from: &Ingredients, layer: &str) -> Result<Vec<u8>> {
    written(&json!({
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "Entrypoint": ["/usr/bin/milvus-br"],
            "Env": [
                "PATH=/usr/bin",
                "HOME=/var/lib/milvus-br",
                "MILVUS_BR_ROOT=/backups",
                "STATE_DIRECTORY=/var/lib/milvus-br",
            ],
            "WorkingDir": "/var/lib/milvus-br",
            "Volumes": { "/backups": {}, "/var/lib/milvus-br": {} },
            "Labels": {
                "org.opencontainers.image.title": "milvus-br",
                "org.opencontainers.image.version": from.version,
                "org.opencontainers.image.licenses": "Apache-2.0",
            },
        },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer}")] },
    }))
}

fn descriptor(kind: &str, blob: &[u8]) -> Value {
    json!({ "mediaType": kind, "digest": format!("sha256:{}", sha256(blob)), "size": blob.len() })
}

fn written(document: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec(document).map_err(|source| Error::Unreadable { command: "the image".to_owned(), source })
}
