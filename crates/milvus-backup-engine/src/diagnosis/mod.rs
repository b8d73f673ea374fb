//! Diagnoses of the repository and of Milvus.

mod milvus;
mod repository;
