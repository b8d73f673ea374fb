//! Repetition and definition levels of a page of vectors, which are a few runs.

use super::page::varint;

/// Returns the levels of a page of version 1 with `rows` vectors: the repetition levels, then the definition levels,
/// which are all `present`.
pub(super) fn levels(rows: usize, dim: usize, present: u8) -> Vec<u8> {
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
