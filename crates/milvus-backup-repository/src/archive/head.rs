//! The blocks before the content of a member: its header, and before that its name if it is too long for a header.

use milvus_backup_core::{Error, Hint, Result};
use tar::{Builder, EntryType, Header};

/// Size in bytes of a block, of which a tar stream consists.
pub(super) const BLOCK_BYTES: usize = 512;

/// Maximum size of a member in bytes. The memory of a reader grows with the largest one.
pub(super) const MAX_MEMBER_BYTES: u64 = 1 << 40;

/// Mode of the members.
const MODE: u32 = 0o644;

/// Returns the blocks before the content of a member. The owner and the time are the same on every machine.
///
/// # Errors
/// [`Error::Refused`] for a member that is too large.
pub(super) fn head(path: &str, size: u64, modified: u64) -> Result<Vec<u8>> {
    if size > MAX_MEMBER_BYTES {
        return Err(Error::Refused {
            reason: format!("`{path}` has {size} bytes, and a member of an archive at most {MAX_MEMBER_BYTES}"),
            hint: Hint::from("copy the backup to another root instead"),
        });
    }
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(MODE);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(modified);
    header.set_size(size);
    let encoding =
        |source: std::io::Error| Error::Encoding { action: "write an archive".to_owned(), source: Box::new(source) };
    let mut blocks = Vec::new();
    if header.set_path(path).is_err() {
        let mut extensions = Builder::new(Vec::new());
        extensions.append_pax_extensions([("path", path.as_bytes())]).map_err(encoding)?;
        blocks.clone_from(extensions.get_ref());
        // Readers that know no extension see the end of the name.
        let start = path.len().saturating_sub(80);
        header.set_path(path.get(start..).unwrap_or(path).trim_start_matches('/')).map_err(encoding)?;
    }
    header.set_cksum();
    blocks.extend_from_slice(header.as_bytes());
    Ok(blocks)
}

/// Returns the number of zero bytes that fill the last block of a member.
pub(super) fn padding(size: u64) -> usize {
    let used = usize::try_from(size % BLOCK_BYTES as u64).unwrap_or_default();
    (BLOCK_BYTES - used) % BLOCK_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_length_is_read_by_others() {
        for length in [1, 99, 100, 101, 300, 900] {
            let path = format!("20261122T073015Z-4f9c2a7e/data/{}.parquet", "x".repeat(length));
            let mut archive = head(&path, 3, 7).unwrap();
            archive.extend_from_slice(b"abc");
            archive.resize(archive.len() + padding(3) + 2 * BLOCK_BYTES, 0);
            let mut read = tar::Archive::new(archive.as_slice());
            let entry = read.entries().unwrap().next().unwrap().unwrap();
            assert_eq!(entry.path().unwrap().to_str(), Some(path.as_str()));
            assert_eq!((entry.size(), entry.header().mtime().unwrap()), (3, 7));
        }
    }

    #[test]
    fn sizes_beyond_the_octal_field_are_kept() {
        let size = 9 << 30;
        let blocks = head("a", size, 0).unwrap();
        assert_eq!(Header::from_byte_slice(&blocks).entry_size().unwrap(), size);
        assert!(head("a", MAX_MEMBER_BYTES + 1, 0).is_err());
    }
}
