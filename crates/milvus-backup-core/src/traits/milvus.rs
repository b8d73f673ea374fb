//! A complete Milvus: a catalogue of collections, a source of rows and a sink for rows.

use super::catalog::Catalog;
use super::sink::RowSink;
use super::source::RowSource;

/// A complete Milvus: catalogue, source and sink.
pub trait Milvus: Catalog + RowSource + RowSink {}

impl<T: Catalog + RowSource + RowSink> Milvus for T {}
