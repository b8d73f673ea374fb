//! The client of a vendor, in a Python process that is held for many calls.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    error::{Attempt, Error},
    python::Environment,
};

const SCRIPT: &str = include_str!("../../scripts/serve_store.py");

/// The address and the owner of a store.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// The interface: `s3` or `azure`.
    pub(super) kind: &'static str,
    pub(super) endpoint: String,
    pub(super) user: &'static str,
    pub(super) secret: &'static str,
}

/// A running client. It ends when its standard input does, so also with this process.
#[derive(Debug)]
pub(super) struct Client {
    pipes: Mutex<Pipes>,
}

#[derive(Debug)]
struct Pipes {
    child: Child,
    requests: ChildStdin,
    responses: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Header {
    size: usize,
    #[serde(default)]
    value: Value,
    error: Option<String>,
}

impl Client {
    pub(super) fn start(account: &Account) -> Result<Self, Error> {
        let installed = Environment::store_clients().install()?;
        let program = || "run the client of the object store".to_owned();
        let mut child = Command::new(installed.python())
            .args(["-I", "-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .attempt(program)?;
        let missing = || io::Error::other("no pipe");
        let mut requests = child.stdin.take().ok_or_else(missing).attempt(program)?;
        let responses = BufReader::new(child.stdout.take().ok_or_else(missing).attempt(program)?);
        let Account { kind, endpoint, user, secret } = account;
        let given = json!({ "kind": kind, "endpoint": endpoint, "user": user, "secret": secret });
        writeln!(requests, "{given}").attempt(program)?;
        Ok(Self { pipes: Mutex::new(Pipes { child, requests, responses }) })
    }

    /// Calls a function of the script and returns its value.
    pub(super) fn value(&self, call: &str, arguments: &[&str], body: &[u8]) -> Result<Value, Error> {
        self.call(call, arguments, body).map(|(value, _)| value)
    }

    /// Calls a function of the script and returns its bytes.
    pub(super) fn bytes(&self, call: &str, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        self.call(call, arguments, b"").map(|(_, bytes)| bytes)
    }

    fn call(&self, call: &str, arguments: &[&str], body: &[u8]) -> Result<(Value, Vec<u8>), Error> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let key = arguments.join("/");
        let (header, bytes) = pipes.exchange(call, arguments, body).attempt(|| format!("{call} {key}"))?;
        match header.error {
            Some(problem) => Err(Error::Store { call: call.to_owned(), key, problem }),
            None => Ok((header.value, bytes)),
        }
    }
}

impl Pipes {
    fn exchange(&mut self, call: &str, arguments: &[&str], body: &[u8]) -> io::Result<(Header, Vec<u8>)> {
        writeln!(self.requests, "{}", json!({ "call": call, "arguments": arguments, "size": body.len() }))?;
        self.requests.write_all(body)?;
        self.requests.flush()?;
        let mut line = String::new();
        self.responses.read_line(&mut line)?;
        let header: Header = serde_json::from_str(&line)?;
        let mut bytes = vec![0; header.size];
        self.responses.read_exact(&mut bytes)?;
        Ok((header, bytes))
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        // It fails only if it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
