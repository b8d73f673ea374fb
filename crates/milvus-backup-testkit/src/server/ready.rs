//! Waiting until a server is ready, and the probes that detect it.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::daemon::Daemon;
use crate::error::Error;

const POLL: Duration = Duration::from_millis(50);
/// The message of every server, in some capitalisation, if its port is taken.
const TAKEN: &str = "address already in use";
const PATIENCE: Duration = Duration::from_secs(2);

/// Repeats `check` until it succeeds, the server ends, or the time limit is reached.
pub(crate) fn wait(
    daemon: &mut Daemon,
    server: &str,
    limit: Duration,
    mut check: impl FnMut() -> Result<(), String>,
) -> Result<(), Error> {
    let started = Instant::now();
    loop {
        let answer = check();
        let Err(reason) = answer else { return Ok(()) };
        let reason = match daemon.ended() {
            Some(status) if daemon.log().to_ascii_lowercase().contains(TAKEN) => format!("{TAKEN} ({status})"),
            Some(status) => format!("it exited ({status})"),
            None if started.elapsed() > limit => format!("not ready within {limit:?}: {reason}"),
            None => {
                thread::sleep(POLL);
                continue;
            }
        };
        return Err(Error::Start { server: server.to_owned(), reason, log_tail: daemon.log_tail() });
    }
}

/// Checks that Milvus reports on its metrics port that it is healthy.
pub(crate) fn healthy(port: u16) -> Result<(), String> {
    let request = format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    connect(port)
        .and_then(|mut stream| stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer)))
        .map_err(|error| format!("healthz: {error}"))?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    if body.contains("OK") { Ok(()) } else { Err(format!("healthz: {}", body.trim())) }
}

/// Checks that the port speaks HTTP/2, hence gRPC: it responds to the connection preface with its SETTINGS frame.
pub(crate) fn speaks_grpc(port: u16) -> Result<(), String> {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    const SETTINGS: u8 = 4;
    let mut frame = [0; 9];
    connect(port)
        .and_then(|mut stream| stream.write_all(PREFACE).and_then(|()| stream.read_exact(&mut frame)))
        .map_err(|error| format!("gRPC port: {error}"))?;
    if frame[3] == SETTINGS { Ok(()) } else { Err("the gRPC port does not speak HTTP/2".to_owned()) }
}

fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Starts a server, and once more, on other ports, if another process took one of them in the meantime.
pub(crate) fn on_free_ports<S>(start: impl Fn() -> Result<S, Error>) -> Result<S, Error> {
    match start() {
        Err(error) if port_clash(&error) => start(),
        result => result,
    }
}

fn port_clash(error: &Error) -> bool {
    matches!(error, Error::Start { reason, .. } if reason.starts_with(TAKEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_start_that_met_a_taken_port_is_a_clash() {
        let failed = |reason: &str| Error::Start {
            server: "Milvus".to_owned(),
            reason: reason.to_owned(),
            log_tail: String::new(),
        };
        assert!(port_clash(&failed("address already in use (exit status: 1)")));
        assert!(!port_clash(&failed("it exited (exit status: 1)")));
        assert!(!port_clash(&Error::NoCacheDir));
    }

    #[test]
    fn a_closed_port_is_neither_healthy_nor_grpc() {
        assert!(healthy(1).is_err() && speaks_grpc(1).is_err());
    }
}
