//! The hybrid of runs and packed bits that levels and references to a dictionary are stored in.

use super::cursor::Cursor;
use crate::error::LogError;

/// Returns `count` numbers of `width` bits each.
pub(super) fn numbers(bytes: &[u8], width: u8, count: usize) -> Result<Vec<u32>, LogError> {
    if u32::from(width) > u32::BITS {
        return Err(LogError::damaged(format_args!("has numbers of {width} bits")));
    }
    let mut numbers = Vec::with_capacity(count);
    let mut cursor = Cursor::new(bytes);
    while numbers.len() < count {
        let left = count - numbers.len();
        let head = head(&mut cursor)?;
        let length = usize::try_from(head >> 1).unwrap_or(usize::MAX);
        if head & 1 == 0 {
            let number = repeated(&mut cursor, width)?;
            numbers.extend(std::iter::repeat_n(number, length.min(left)));
            if length == 0 {
                return Err(LogError::damaged("has a run without numbers"));
            }
        } else {
            packed(&mut cursor, width, length, left, &mut numbers)?;
        }
    }
    Ok(numbers)
}

fn head(cursor: &mut Cursor<'_>) -> Result<u64, LogError> {
    let mut head = 0;
    for shift in [0, 7, 14, 21, 28] {
        let byte = cursor.byte()?;
        head |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(head);
        }
    }
    Err(LogError::damaged("has a run of an impossible length"))
}

/// Reads the number of a run, in as many bytes as its bits need.
fn repeated(cursor: &mut Cursor<'_>, width: u8) -> Result<u32, LogError> {
    let mut number = [0; 4];
    let taken = cursor.take(usize::from(width.div_ceil(8)))?;
    number[..taken.len()].copy_from_slice(taken);
    Ok(u32::from_le_bytes(number))
}

/// Reads groups of eight packed numbers, of which the last ones may be missing or meaningless.
fn packed(
    cursor: &mut Cursor<'_>,
    width: u8,
    groups: usize,
    left: usize,
    numbers: &mut Vec<u32>,
) -> Result<(), LogError> {
    let count = groups.saturating_mul(8).min(left);
    if count == 0 {
        return Err(LogError::damaged("has a run without numbers"));
    }
    let width = usize::from(width);
    // The last group is written completely, except by some writers at the end of a page.
    let whole = groups.saturating_mul(width);
    let bytes = cursor.take(whole.min(cursor.left()))?;
    if bytes.len() * 8 < count * width {
        return Err(LogError::damaged("has fewer numbers in a page than it says"));
    }
    let mask = u32::try_from((1_u64 << width) - 1).unwrap_or(u32::MAX);
    let (mut bits, mut available, mut next) = (0_u64, 0_usize, bytes.iter());
    for _ in 0..count {
        while available < width {
            bits |= u64::from(*next.next().unwrap_or(&0)) << available;
            available += 8;
        }
        numbers.push(u32::try_from(bits & u64::from(mask)).unwrap_or(mask));
        bits >>= width;
        available -= width;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packed_numbers_alternate() {
        // Three times 5; eight numbers of three bits: 0 to 7, as in the specification.
        let bytes = [6, 5, 3, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(numbers(&bytes, 3, 11).unwrap(), [5, 5, 5, 0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(numbers(&bytes, 3, 2).unwrap(), [5, 5]);
        assert!(numbers(&bytes, 3, 12).is_err(), "too few");
        assert!(numbers(&bytes[..5], 3, 11).is_err(), "truncated");
    }

    #[test]
    fn numbers_have_up_to_32_bits_or_none() {
        let all = [3, 0xff, 0xff, 0xff, 0xff];
        let bytes: Vec<u8> = all.iter().copied().chain([0; 28]).collect();
        assert_eq!(numbers(&bytes, 32, 2).unwrap(), [u32::MAX, 0]);
        assert_eq!(numbers(&[20], 0, 10).unwrap(), [0; 10]);
        assert!(numbers(&[0, 0], 8, 1).is_err(), "a run of none");
        assert!(numbers(&[2, 0], 33, 1).is_err());
    }

    #[test]
    fn numbers_that_are_written_incompletely_at_the_end_are_read() {
        assert_eq!(numbers(&[3, 0b0000_0110], 1, 3).unwrap(), [0, 1, 1]);
        assert_eq!(numbers(&[3, 0b0010_0111, 0], 2, 4).unwrap(), [3, 1, 2, 0]);
    }
}
