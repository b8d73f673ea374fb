//! One block of structure of a tar stream: the header of a file, that of a long name, or the end.
//!
//! Must always hold: only what a backup consists of is understood. Links, directories, devices and all extensions but that
//! of a long name are refused.

use tar::{EntryType, Header, PaxExtensions};

use super::head::{BLOCK_BYTES, MAX_MEMBER_BYTES};

/// Maximum size in bytes of the extension that has a long name.
pub(super) const MAX_NAME_BYTES: u64 = 4096;

/// Position of the checksum in a header.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// The meaning of a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Half of the end of the archive.
    Zero,
    /// The next block has the name of the next file, of this size in bytes.
    LongName(u64),
    /// The content of a file follows.
    File { path: String, size: u64 },
}

/// Returns the meaning of a block, or what is wrong with it.
pub(super) fn parse(block: &[u8]) -> Result<Block, String> {
    if block.len() != BLOCK_BYTES {
        return Err("it ends early".to_owned());
    }
    if block.iter().all(|byte| *byte == 0) {
        return Ok(Block::Zero);
    }
    let header = Header::from_byte_slice(block);
    if header.cksum().ok() != Some(sum(block)) {
        return Err("it has no tar header where one must be".to_owned());
    }
    let size = header.entry_size().map_err(|error| error.to_string())?;
    let path = String::from_utf8_lossy(&header.path_bytes()).into_owned();
    match header.entry_type() {
        EntryType::Regular if size <= MAX_MEMBER_BYTES => Ok(Block::File { path, size }),
        EntryType::XHeader if size <= MAX_NAME_BYTES => Ok(Block::LongName(size)),
        EntryType::Regular | EntryType::XHeader => Err(format!("`{}` is too large", path.escape_default())),
        _ => Err(format!("`{}` is not a regular file", path.escape_default())),
    }
}

/// Returns the name in the extension of a header.
pub(super) fn long_name(content: &[u8]) -> Result<String, String> {
    let mut extensions = PaxExtensions::new(content);
    let wrong = || "its extension of a header is not a name".to_owned();
    let only = extensions.next().and_then(Result::ok).ok_or_else(wrong)?;
    if only.key() != Ok("path") || extensions.next().is_some() {
        return Err(wrong());
    }
    only.value().map(str::to_owned).map_err(|_| wrong())
}

/// Returns the checksum of a header, in which the bytes of the checksum count as spaces.
fn sum(block: &[u8]) -> u32 {
    let byte = |(at, byte): (usize, &u8)| u32::from(if CHECKSUM.contains(&at) { b' ' } else { *byte });
    block.iter().enumerate().map(byte).sum()
}

#[cfg(test)]
mod tests {
    use super::super::head::head;
    use super::*;

    fn header(path: &str, edit: impl FnOnce(&mut Header)) -> Vec<u8> {
        let mut header = Header::from_byte_slice(&head(path, 3, 0).unwrap()).clone();
        edit(&mut header);
        header.set_cksum();
        header.as_bytes().to_vec()
    }

    #[test]
    fn a_header_is_a_file() {
        let file = Block::File { path: "id/a".to_owned(), size: 3 };
        assert_eq!(parse(&header("id/a", |_| {})), Ok(file));
        assert_eq!(parse(&[0; BLOCK_BYTES]), Ok(Block::Zero));
    }

    #[test]
    fn what_is_not_a_file_is_refused() {
        use EntryType::{Block as Device, Directory, GNULongName, GNUSparse, Link, Symlink, XGlobalHeader};
        for kind in [Symlink, Link, Directory, Device, GNULongName, GNUSparse, XGlobalHeader] {
            let refused = parse(&header("id/a", |header| header.set_entry_type(kind)));
            assert_eq!(refused, Err("`id/a` is not a regular file".to_owned()), "{kind:?}");
        }
        assert!(parse(&header("id/a", |header| header.set_size(MAX_MEMBER_BYTES + 1))).is_err());
        let long = |header: &mut Header| {
            header.set_entry_type(EntryType::XHeader);
            header.set_size(MAX_NAME_BYTES + 1);
        };
        assert!(parse(&header("id/a", long)).is_err());
    }

    #[test]
    fn a_changed_bit_of_a_header_is_detected() {
        let whole = header("id/a", |_| {});
        for bit in 0..BLOCK_BYTES * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(parsed) = parse(&changed) {
                // The checksum may be written with leading spaces or zeros.
                assert!(CHECKSUM.contains(&(bit / 8)), "bit {bit}: {parsed:?}");
            }
        }
    }

    #[test]
    fn only_a_name_may_be_in_an_extension() {
        assert_eq!(long_name(b"10 path=x\n"), Ok("x".to_owned()));
        for content in
            [&b""[..], b"10 size=1\n", b"10 path=x\n10 path=y\n", b"99 path=x\n", b"10 path=\xff\n", b"path=x\n"]
        {
            assert!(long_name(content).is_err(), "{}", content.escape_ascii());
        }
    }
}
