//! A slow network between the command and a server, so that an operation that is to be interrupted takes a while on any machine.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// Bytes that are passed on at once.
const PIECE_BYTES: usize = 16 << 10;

/// Passes on what is sent to it, and the answers: all connections together so many bytes a second.
#[derive(Debug)]
struct SlowLink {
    server: SocketAddr,
    bytes_per_second: u32,
    /// When the link is free again.
    free: Mutex<Instant>,
}

/// An address of this machine, as URI, that leads to the server at `uri` over a link of its own. It is there as long as
/// this process.
pub fn slow_link(uri: &str, bytes_per_second: u32) -> String {
    let server = uri.strip_prefix("http://").unwrap().parse().unwrap();
    let link = Arc::new(SlowLink { server, bytes_per_second, free: Mutex::new(Instant::now()) });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().flatten().for_each(|client| link.connect(&client)));
    format!("http://{address}")
}

impl SlowLink {
    /// A client finds its connection ended when the server is away.
    fn connect(self: &Arc<Self>, client: &TcpStream) {
        let Ok(server) = TcpStream::connect(self.server) else { return };
        for (from, to) in [(client, &server), (&server, client)] {
            let (link, from, to) = (Arc::clone(self), from.try_clone().unwrap(), to.try_clone().unwrap());
            to.set_nodelay(true).unwrap();
            thread::spawn(move || link.carry(from, to));
        }
    }

    /// Until one of both ends.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut piece = vec![0; PIECE_BYTES];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            self.wait_for(length);
            if to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        for end in [from, to] {
            // It may have ended already.
            drop(end.shutdown(Shutdown::Both));
        }
    }

    fn wait_for(&self, bytes: usize) {
        let takes = Duration::from_secs(1) * u32::try_from(bytes).unwrap() / self.bytes_per_second;
        let mut free = self.free.lock().unwrap();
        let start = (*free).max(Instant::now());
        *free = start + takes;
        drop(free);
        thread::sleep(start + takes - Instant::now());
    }
}
