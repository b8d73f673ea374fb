//! The compact protocol of Thrift, as far as the headers of Parquet pages need it.

use super::cursor::Cursor;
use crate::error::LogError;

/// How deep structures may be nested. Those in page headers are three deep.
const MAX_DEPTH: u8 = 8;

/// The types of values in the compact protocol.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const STRUCT: u8 = 12;

/// The fields of one structure, in their order.
#[derive(Debug)]
pub(super) struct Fields<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    last: i16,
    depth: u8,
}

/// A field whose value comes next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// The number of the field in its structure.
    pub(super) id: i16,
    kind: u8,
}

impl Field {
    /// Returns the value of a boolean, which its type says.
    pub(super) fn flag(self) -> Result<bool, LogError> {
        match self.kind {
            TRUE => Ok(true),
            FALSE => Ok(false),
            _ => Err(broken()),
        }
    }
}

impl<'c, 'a> Fields<'c, 'a> {
    /// Starts to read the structure that the cursor is at.
    pub(super) fn new(cursor: &'c mut Cursor<'a>) -> Self {
        Self { cursor, last: 0, depth: 0 }
    }

    /// Returns the next field; `None` at the end of the structure.
    pub(super) fn next(&mut self) -> Result<Option<Field>, LogError> {
        let head = self.cursor.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let (delta, kind) = (i16::from(head >> 4), head & 0x0f);
        let id = if delta == 0 {
            i16::try_from(zigzag(varint(self.cursor)?)).map_err(|_| broken())?
        } else {
            self.last.checked_add(delta).ok_or_else(broken)?
        };
        self.last = id;
        Ok(Some(Field { id, kind }))
    }

    /// Reads the value of a field that is a number of 32 bits.
    pub(super) fn i32(&mut self, field: Field) -> Result<i32, LogError> {
        if field.kind != I32 {
            return Err(broken());
        }
        i32::try_from(zigzag(varint(self.cursor)?)).map_err(|_| broken())
    }

    /// Reads the value of a field that is a structure.
    pub(super) fn structure(&mut self, field: Field) -> Result<Fields<'_, 'a>, LogError> {
        if field.kind != STRUCT || self.depth == MAX_DEPTH {
            return Err(broken());
        }
        Ok(Fields { cursor: &mut *self.cursor, last: 0, depth: self.depth + 1 })
    }

    /// Passes over the value of a field of any type that page headers have.
    pub(super) fn skip(&mut self, field: Field) -> Result<(), LogError> {
        match field.kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.cursor.byte().map(drop),
            I16 | I32 | I64 => varint(self.cursor).map(drop),
            DOUBLE => self.cursor.take(size_of::<f64>()).map(drop),
            BINARY => {
                let length = usize::try_from(varint(self.cursor)?).map_err(|_| broken())?;
                self.cursor.take(length).map(drop)
            }
            STRUCT => {
                let mut inner = self.structure(field)?;
                while let Some(field) = inner.next()? {
                    inner.skip(field)?;
                }
                Ok(())
            }
            _ => Err(broken()),
        }
    }
}

fn varint(cursor: &mut Cursor<'_>) -> Result<u64, LogError> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = cursor.byte()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(broken())
}

fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

fn broken() -> LogError {
    LogError::damaged("has a page header that cannot be read")
}
