//! The values of a page, in the form that they are stored in.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Type;

use super::collected::Collected;
use super::cursor::Cursor;
use super::page::ColumnForm;
use super::runs::numbers;
use crate::error::LogError;

/// The values that pages refer to.
#[derive(Debug, Clone)]
pub(super) enum Dictionary {
    /// Values of the same size, one after the other.
    Fixed { bytes: Bytes, width: usize },
    /// Values of different sizes, at these places.
    Variable { bytes: Bytes, places: Arc<[Range<usize>]> },
}

impl Dictionary {
    /// Reads the values of a dictionary.
    pub(super) fn new(bytes: Bytes, form: ColumnForm, count: usize) -> Result<Self, LogError> {
        match form.width {
            Some(width) if form.physical != Type::BOOLEAN => {
                require(bytes.len() == count.saturating_mul(width), "has a dictionary of another size than it says")?;
                Ok(Self::Fixed { bytes, width })
            }
            Some(_) => Err(LogError::damaged("has a dictionary of booleans")),
            None => {
                let mut cursor = Cursor::new(&bytes);
                let places = (0..count).map(|_| place(&mut cursor)).collect::<Result<_, _>>()?;
                Ok(Self::Variable { bytes, places })
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Fixed { bytes, width } => bytes.len().checked_div(*width).unwrap_or(0),
            Self::Variable { places, .. } => places.len(),
        }
    }

    /// Returns a value. The number must be that of one.
    fn value(&self, number: u32) -> &[u8] {
        match self {
            Self::Fixed { bytes, width } => &bytes[number as usize * width..][..*width],
            Self::Variable { bytes, places } => &bytes[places[number as usize].clone()],
        }
    }
}

/// The values of a page that were not read yet.
#[derive(Debug)]
pub(super) enum PageValues {
    /// Values of the same size.
    Fixed { bytes: Bytes, width: usize },
    /// Bits, the lowest of each byte first.
    Bits { bytes: Bytes, at: usize },
    /// Values of different sizes, each after its length.
    Variable { bytes: Bytes },
    /// Numbers of values in a dictionary.
    References { dictionary: Dictionary, numbers: std::vec::IntoIter<u32> },
}

impl PageValues {
    /// Returns the values of a plain page.
    pub(super) fn plain(bytes: Bytes, form: ColumnForm, count: usize) -> Result<Self, LogError> {
        let wrong = "has a page with another number of values than it says";
        match form.width {
            Some(_) if form.physical == Type::BOOLEAN => {
                require(bytes.len() == count.div_ceil(8), wrong)?;
                Ok(Self::Bits { bytes, at: 0 })
            }
            Some(width) => {
                require(bytes.len() == count.saturating_mul(width), wrong)?;
                Ok(Self::Fixed { bytes, width })
            }
            None => Ok(Self::Variable { bytes }),
        }
    }

    /// Returns values of a dictionary, from the width of their numbers and the numbers.
    pub(super) fn references(bytes: &[u8], dictionary: &Dictionary, count: usize) -> Result<Self, LogError> {
        let numbers = match bytes.split_first() {
            Some((width, packed)) => numbers(packed, *width, count)?,
            None if count == 0 => Vec::new(),
            None => return Err(LogError::ended()),
        };
        let known = dictionary.len();
        require(numbers.iter().all(|number| (*number as usize) < known), "refers to values that its dictionary lacks")?;
        Ok(Self::References { dictionary: dictionary.clone(), numbers: numbers.into_iter() })
    }

    /// Passes over a number of values.
    pub(super) fn skip(&mut self, count: usize) -> Result<(), LogError> {
        match self {
            Self::Fixed { bytes, width } => {
                let _ = front(bytes, count.saturating_mul(*width))?;
            }
            Self::Bits { at, .. } => *at += count,
            Self::Variable { bytes } => {
                let mut cursor = Cursor::new(bytes);
                for _ in 0..count {
                    place(&mut cursor)?;
                }
                let read = cursor.position();
                let _ = front(bytes, read)?;
            }
            Self::References { numbers, .. } => numbers.by_ref().take(count).for_each(drop),
        }
        Ok(())
    }

    /// Appends values to those that were collected.
    pub(super) fn take(&mut self, count: usize, into: &mut Collected) -> Result<(), LogError> {
        match self {
            Self::Fixed { bytes, width } => into.append_fixed(&front(bytes, count.saturating_mul(*width))?),
            Self::Bits { bytes, at } => {
                require(*at + count <= bytes.len() * 8, "has fewer values in a page than it says")?;
                into.append_bits(bytes, *at..*at + count)?;
                *at += count;
                Ok(())
            }
            Self::Variable { bytes } => {
                let mut cursor = Cursor::new(bytes);
                for _ in 0..count {
                    let place = place(&mut cursor)?;
                    into.append(&bytes[place])?;
                }
                let read = cursor.position();
                front(bytes, read).map(drop)
            }
            Self::References { dictionary, numbers } => {
                numbers.by_ref().take(count).try_for_each(|number| into.append(dictionary.value(number)))
            }
        }
    }
}

/// Removes the first bytes, and returns them.
fn front(bytes: &mut Bytes, length: usize) -> Result<Bytes, LogError> {
    if length > bytes.len() {
        return Err(LogError::ended());
    }
    Ok(bytes.split_to(length))
}

/// Returns the place of the next value, which comes after its length.
fn place(cursor: &mut Cursor<'_>) -> Result<Range<usize>, LogError> {
    let length = usize::try_from(cursor.i32()?).map_err(|_| LogError::ended())?;
    let start = cursor.position();
    cursor.take(length)?;
    Ok(start..start + length)
}

fn require(holds: bool, otherwise: &str) -> Result<(), LogError> {
    if holds { Ok(()) } else { Err(LogError::damaged(otherwise)) }
}
