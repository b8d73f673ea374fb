//! Columns of float vectors as Parquet pages, without processing single elements.
//!
//! In a page of vectors of one dimension without NULLs, the repetition levels are the same for every row, and the
//! definition levels the same for every element. Therefore both are written as a few runs (Parquet format, "RLE /
//! Bit-Packing Hybrid"), and the values as their bytes (encoding `PLAIN`). The result is a regular column that any
//! writer could produce, at a lower cost. On reading, the levels are compared with those runs, byte by byte.

mod page;
mod read;
mod write;

pub(crate) use read::{VectorBatches, read_vectors};
pub(crate) use write::VectorColumn;

use page::varint;

/// Returns the levels of a page of version 1 with `rows` vectors: the repetition levels, then the definition levels,
/// which are all `present`.
fn levels(rows: usize, dim: usize, present: u8) -> Vec<u8> {
    let mut levels = Vec::with_capacity(rows * 8 + 32);
    with_length(&mut levels, |levels| {
        for _ in 0..rows {
            run(levels, 1, 0);
            if dim > 1 {
                run(levels, dim - 1, 1);
            }
        }
    });
    with_length(&mut levels, |levels| run(levels, rows * dim, present));
    levels
}

/// Writes levels of version 1, preceded by their length in bytes.
fn with_length(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; 4]);
    write(bytes);
    let length = u32::try_from(bytes.len() - start - 4).unwrap_or(u32::MAX);
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// Writes a run of one level, whose values take one byte.
fn run(bytes: &mut Vec<u8>, count: usize, level: u8) {
    varint(bytes, (count as u64) << 1);
    bytes.push(level);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_as_the_format_has_them() {
        let mut bytes = Vec::new();
        run(&mut bytes, 1, 0);
        run(&mut bytes, 767, 1);
        assert_eq!(bytes, [0x02, 0, 0xFE, 0x0B, 1]);
    }

    #[test]
    fn levels_come_after_their_length() {
        assert_eq!(levels(2, 3, 3), [8, 0, 0, 0, 2, 0, 4, 1, 2, 0, 4, 1, 2, 0, 0, 0, 12, 3]);
        assert_eq!(levels(2, 1, 2), [4, 0, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 4, 2]);
    }
}
