//! The compression of an archive, by the extension of its name.

use milvus_backup_codec::Codec;
use milvus_backup_core::{Error, Result};

/// The extensions of archives.
const EXTENSIONS: [(&str, Codec); 5] = [
    (".tar.zst", Codec::Zstd),
    (".tar.lz4", Codec::Lz4),
    (".tar.gz", Codec::Gzip),
    (".tzst", Codec::Zstd),
    (".tgz", Codec::Gzip),
];

/// Returns the compression that the name of an archive stands for.
///
/// # Errors
/// [`Error::InvalidParameter`] for a name with another extension.
pub(crate) fn codec_of(name: &str) -> Result<Codec> {
    let found = EXTENSIONS.iter().find(|(extension, _)| name.ends_with(extension));
    found.map(|(_, codec)| *codec).ok_or_else(|| Error::InvalidParameter {
        field: "archive".to_owned(),
        value: name.to_owned(),
        limit: "`-`, or a name that ends in .tar.zst, .tar.lz4 or .tar.gz".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_compression() {
        for (name, codec) in [("a.tar.zst", Codec::Zstd), ("/x/b.tar.lz4", Codec::Lz4), ("a.b.tgz", Codec::Gzip)] {
            assert_eq!(codec_of(name).unwrap(), codec, "{name}");
        }
        for name in ["a.tar", "a.zst", "tar.gz", "a.tar.zst.part", ""] {
            assert!(codec_of(name).is_err(), "{name}");
        }
    }
}
