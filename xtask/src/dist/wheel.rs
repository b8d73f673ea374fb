//! The Python wheel: the executable as a script, and no Python code.
//!
//! The layout is that of the [binary distribution format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/).

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::artefact::{Artefact, Ingredients};
use super::encoding::sha256_base64;
use crate::error::{Error, Result};
use crate::workspace;

/// The systems that the wheel is for. A static executable needs neither glibc nor musl.
const TAG: &str = "py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64";

/// Returns the wheel of a release.
pub(super) fn wheel(from: &Ingredients) -> Result<Artefact> {
    let base = format!("milvus_br-{}", from.version);
    let info = format!("{base}.dist-info");
    let mut files = vec![
        (format!("{base}.data/scripts/milvus-br"), 0o755, from.program.clone()),
        (format!("{info}/METADATA"), 0o644, metadata(&from.version)?),
        (format!("{info}/WHEEL"), 0o644, tags().into_bytes()),
        (format!("{info}/licenses/LICENSE"), 0o644, from.licences.own.clone()),
        (format!("{info}/licenses/THIRD-PARTY-LICENSES.txt"), 0o644, from.licences.others.clone()),
        (format!("{info}/sboms/milvus-br.cdx.json"), 0o644, from.bill.clone()),
    ];
    let mut record = String::new();
    for (path, _, content) in &files {
        let _ = writeln!(record, "{path},sha256={},{}", sha256_base64(content), content.len());
    }
    let _ = writeln!(record, "{info}/RECORD,,");
    files.push((format!("{info}/RECORD"), 0o644, record.into_bytes()));
    Ok(Artefact { name: format!("{base}-{TAG}.whl"), bytes: zipped(&files)? })
}

/// Returns the tags, one for each system.
fn tags() -> String {
    let (python, systems) = TAG.rsplit_once('-').unwrap_or_default();
    let lines = systems.split('.').map(|system| format!("Tag: {python}-{system}\n"));
    let lines = lines.collect::<String>();
    format!("Wheel-Version: 1.0\nGenerator: milvus-br xtask\nRoot-Is-Purelib: false\n{lines}")
}

/// Returns the metadata, whose description is the README.
fn metadata(version: &str) -> Result<Vec<u8>> {
    let readme = std::fs::read_to_string(workspace::root().join("README.md")).map_err(Error::io("read README.md"))?;
    let head = format!(
        "Metadata-Version: 2.4\nName: milvus-br\nVersion: {version}\n\
         Summary: Back up, verify and restore Milvus collections\n\
         License-Expression: Apache-2.0\nLicense-File: LICENSE\nLicense-File: THIRD-PARTY-LICENSES.txt\n\
         Requires-Python: >=3.8\nKeywords: milvus,backup,restore,vector database\n\
         Description-Content-Type: text/markdown\n\n"
    );
    Ok((head + &readme).into_bytes())
}

fn zipped(files: &[(String, u32, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, mode, content) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(*mode);
        let written = writer.start_file(path, options).map_err(std::io::Error::from);
        written.and_then(|()| writer.write_all(content)).map_err(Error::io(format!("pack {path}")))?;
    }
    let finished = writer.finish().map_err(std::io::Error::from).map_err(Error::io("write the wheel"))?;
    Ok(finished.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_tag() {
        let tags = tags();
        for system in ["manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"] {
            assert!(tags.contains(&format!("Tag: py3-none-{system}\n")), "{tags}");
        }
    }
}
