//! Pages in encodings that Milvus' writers do not choose by themselves, through the decoders of the `parquet` crate.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{
    AsBytes, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, ColumnPath, Type as SchemaType};

use super::page::ColumnForm;
use super::runs::numbers;
use crate::error::LogError;

/// Returns the values of a page without levels in the encoding `PLAIN`.
pub(super) fn plain(encoding: Encoding, body: Bytes, form: ColumnForm, count: usize) -> Result<Bytes, LogError> {
    let page = OnePage { encoding, body, count };
    match form.physical {
        Type::BOOLEAN if encoding == Encoding::RLE => bits(&page.body, count),
        Type::INT32 => page.values::<Int32Type>(form, |value, plain| plain.extend_from_slice(value.as_bytes())),
        Type::INT64 => page.values::<Int64Type>(form, |value, plain| plain.extend_from_slice(value.as_bytes())),
        Type::FLOAT => page.values::<FloatType>(form, |value, plain| plain.extend_from_slice(value.as_bytes())),
        Type::DOUBLE => page.values::<DoubleType>(form, |value, plain| plain.extend_from_slice(value.as_bytes())),
        Type::FIXED_LEN_BYTE_ARRAY => {
            page.values::<FixedLenByteArrayType>(form, |value, plain| plain.extend_from_slice(value.as_bytes()))
        }
        Type::BYTE_ARRAY => page.values::<ByteArrayType>(form, |value, plain| {
            let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
            plain.extend_from_slice(&length.to_le_bytes());
            plain.extend_from_slice(value.data());
        }),
        other => Err(LogError::unsupported(format_args!("{other} values with encoding {encoding}"))),
    }
}

/// Returns booleans in runs, after their length in bytes, as bits.
fn bits(body: &[u8], count: usize) -> Result<Bytes, LogError> {
    let runs = body.get(size_of::<u32>()..).ok_or_else(LogError::ended)?;
    let mut bits = vec![0_u8; count.div_ceil(8)];
    for (place, bit) in numbers(runs, 1, count)?.into_iter().enumerate() {
        bits[place / 8] |= u8::from(bit == 1) << (place % 8);
    }
    Ok(bits.into())
}

/// The only page of a column.
#[derive(Clone)]
struct OnePage {
    encoding: Encoding,
    body: Bytes,
    count: usize,
}

impl OnePage {
    fn values<T: DataType>(self, form: ColumnForm, append: impl Fn(&T::T, &mut Vec<u8>)) -> Result<Bytes, LogError> {
        let failed =
            |error: ParquetError| LogError::damaged(format_args!("has a page that cannot be decoded: {error}"));
        let count = self.count;
        let mut values = Vec::new();
        let pages = Pages(Some(self));
        let mut reader = ColumnReaderImpl::<T>::new(descriptor(form).map_err(failed)?, Box::new(pages));
        let (_, read, _) = reader.read_records(count, None, None, &mut values).map_err(failed)?;
        if read != count {
            return Err(LogError::damaged("has a page with another number of values than it says"));
        }
        let mut plain = Vec::with_capacity(count * form.width.unwrap_or(16));
        for value in &values {
            append(value, &mut plain);
        }
        Ok(plain.into())
    }
}

/// Returns the description of a column whose values are never NULL.
fn descriptor(form: ColumnForm) -> Result<ColumnDescPtr, ParquetError> {
    let length = form.width.and_then(|width| i32::try_from(width).ok()).unwrap_or(-1);
    let column = SchemaType::primitive_type_builder("val", form.physical)
        .with_repetition(parquet::basic::Repetition::REQUIRED)
        .with_length(length)
        .build()?;
    Ok(Arc::new(ColumnDescriptor::new(Arc::new(column), 0, 0, ColumnPath::new(vec!["val".to_owned()]))))
}

struct Pages(Option<OnePage>);

impl Iterator for Pages {
    type Item = parquet::errors::Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> parquet::errors::Result<Option<Page>> {
        let Some(page) = self.0.take() else { return Ok(None) };
        Ok(Some(Page::DataPage {
            buf: page.body,
            num_values: u32::try_from(page.count)?,
            encoding: page.encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }))
    }

    fn peek_next_page(&mut self) -> parquet::errors::Result<Option<PageMetadata>> {
        Ok(self.0.as_ref().map(|page| PageMetadata { num_rows: Some(page.count), num_levels: None, is_dict: false }))
    }

    fn skip_next_page(&mut self) -> parquet::errors::Result<()> {
        self.0 = None;
        Ok(())
    }
}
