//! What the demo is made of, prepared concurrently: the compiler and the network wait for different things.

use std::panic;
use std::path::PathBuf;
use std::thread;

use milvus_backup_testkit::python::Environment;
use milvus_backup_testkit::{ServerKind, Witness};

use super::words::{self, Words};
use crate::error::Result;
use crate::terminal::step;
use crate::workspace;

const BUILD: &str = "build --package milvus-backup-cli --bin milvus-br";

/// Everything that must be there before the demo can begin.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) milvus_br: PathBuf,
    pub(super) milvus_lite: PathBuf,
    pub(super) witness: Witness,
    pub(super) words: Words,
}

/// Builds and installs what is not there yet.
pub(super) fn get() -> Result<Parts> {
    thread::scope(|scope| {
        let words = scope.spawn(|| step("words of WordNet and the MiniLM embeddings of their meaning", words::words));
        let servers = scope.spawn(|| step("Milvus Lite 3.2.2, pymilvus and DuckDB", install));
        step(&format!("cargo {BUILD}"), || workspace::run(workspace::cargo(BUILD)))?;
        let (milvus_lite, witness) = join(servers)?;
        Ok(Parts { milvus_br: workspace::built()?.join("milvus-br"), milvus_lite, witness, words: join(words)? })
    })
}

fn install() -> Result<(PathBuf, Witness)> {
    ServerKind::Lite322.install()?;
    Ok((Environment::lite_322().install()?.bin("milvus-lite"), Witness::new()?))
}

fn join<T>(worker: thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
}
