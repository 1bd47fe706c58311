//! Many well-behaved clients together with a few that are not: every request gets a response, and no connection is
//! left.
//!
//! `LOAD_SECONDS` is the time of the load, 60 by default; a fifth of it precedes the first measurement of memory.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::{Attack, Rows, target, wire};

pub(crate) const ATTACKS: &[Attack] = &[("load", load)];

const STREAMS: usize = 2_000;
const CALLERS: usize = 256;
/// The maximum number of well-behaved connections of one address, below what a server allows by default.
const PER_ADDRESS: usize = 200;
/// Longer than any response of a working server takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The tally of one round.
#[derive(Default)]
struct Tally {
    calls: AtomicUsize,
    streams: AtomicUsize,
    errors: AtomicUsize,
}

fn load(rows: &mut Rows) {
    if let Err(error) = attempt(rows) {
        rows.holds("the load", error, false);
    }
}

fn attempt(rows: &mut Rows) -> io::Result<()> {
    let seconds = std::env::var("LOAD_SECONDS").ok();
    let seconds = seconds.and_then(|it| it.parse().ok()).unwrap_or(60.0);
    raise_descriptors();
    let (mut server, address) = target::http()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let warm = runtime.block_on(round(address, Duration::from_secs_f64(seconds / 5.0)));
    settle(address)?;
    let before = server.memory();
    let tally = runtime.block_on(round(address, Duration::from_secs_f64(seconds)));
    let left = settle(address)?;
    let after = server.memory();
    let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    rows.holds(
        "listen streams",
        of(&tally.streams),
        of(&tally.streams) == STREAMS,
    );
    rows.holds(
        "calls answered",
        of(&tally.calls),
        of(&tally.calls) >= CALLERS,
    );
    rows.at_most(
        "errors of well-behaved clients",
        of(&warm.errors) + of(&tally.errors),
        0,
    );
    rows.at_most("memory before, MiB", before, 400.0);
    rows.at_most(
        "memory after, of that before, %",
        after / before * 100.0,
        120.0,
    );
    rows.holds("connections left", &left, left == "1");
    rows.serves_others(address)?;
    server.signal(Signal::TERM);
    rows.at_most(
        "seconds to the end, as no call is left",
        server.end(10.0),
        2.0,
    );
    Ok(())
}

/// Raises the soft limit of open files: each client has a socket.
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}

/// Waits until the connections of a round have ended. Returns the number of remaining ones, including that of this
/// request.
fn settle(address: SocketAddr) -> io::Result<String> {
    let mut left = String::new();
    for _ in 0..200 {
        let metrics = wire::get(address, "/metrics", "localhost")?;
        let text = String::from_utf8_lossy(&metrics.body).into_owned();
        let lines = text.lines();
        let open = lines.filter_map(|line| line.strip_prefix("mcp_active_connections "));
        left = open.collect();
        if left == "1" {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(left)
}

/// Runs all clients for `time`.
async fn round(address: SocketAddr, time: Duration) -> Tally {
    let tally = Arc::new(Tally::default());
    let mut hostile = JoinSet::new();
    hostile.spawn(stall(address));
    hostile.spawn(reset(address));
    hostile.spawn(garbage(address));
    hostile.spawn(open_without_end(address));
    let mut good = JoinSet::new();
    for number in 0..STREAMS {
        good.spawn(listen(address, number, Arc::clone(&tally)));
        // A backlog of thousands of connections would measure the kernel.
        if number % 64 == 63 {
            sleep(Duration::from_millis(5)).await;
        }
    }
    let end = Instant::now() + time;
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        callers.spawn(call(address, number, end, Arc::clone(&tally)));
    }
    callers.join_all().await;
    good.shutdown().await;
    hostile.shutdown().await;
    Arc::into_inner(tally).unwrap_or_default()
}

/// Connects from a separate loopback address.
async fn connect(address: SocketAddr, network: u8, number: usize) -> io::Result<TcpStream> {
    let last = u8::try_from(number / PER_ADDRESS + 1).unwrap_or(u8::MAX);
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(
        IpAddr::V4(Ipv4Addr::new(127, 0, network, last)),
        0,
    ))?;
    timeout(PATIENCE, socket.connect(address)).await?
}

/// A message with its head.
fn request(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    let method = message["method"].as_str().unwrap_or_default();
    let name = message["params"]["name"].as_str().unwrap_or_default();
    let headers = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", method),
        ("mcp-name", name),
    ];
    let head = wire::head(body.len(), &headers).replace("connection: close\r\n", "");
    (head + &body).into_bytes()
}

/// Opens a listen stream, and reads it.
async fn listen(address: SocketAddr, number: usize, tally: Arc<Tally>) {
    let open = async {
        let mut stream = connect(address, 1, number).await?;
        let filter = json!({ "notifications": { "toolsListChanged": true } });
        let message = wire::modern(1, "subscriptions/listen", filter, json!({}));
        stream.write_all(&request(&message)).await?;
        let mut bytes = [0; 4096];
        let read = timeout(PATIENCE, stream.read(&mut bytes)).await??;
        if !bytes[..read].starts_with(b"HTTP/1.1 200") {
            return Err(io::Error::other("refused"));
        }
        tally.streams.fetch_add(1, Ordering::Relaxed);
        // Comments come until the round ends.
        while stream.read(&mut bytes).await? > 0 {}
        Err::<(), _>(io::Error::other("ended"))
    };
    if open.await.is_err() {
        tally.errors.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends calls one after another on one connection until `end`.
async fn call(address: SocketAddr, number: usize, end: Instant, tally: Arc<Tally>) {
    let calls = async {
        let mut stream = connect(address, 2, number).await?;
        let text = request(&wire::call("runs", json!({})));
        let mut bytes = vec![0; 8192];
        while Instant::now() < end {
            stream.write_all(&text).await?;
            let mut read = 0;
            while !bytes[..read].ends_with(b"}}") {
                let more = timeout(PATIENCE, stream.read(&mut bytes[read..])).await??;
                if more == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                read += more;
            }
            if !bytes.starts_with(b"HTTP/1.1 200") {
                return Err(io::Error::other("refused"));
            }
            tally.calls.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    };
    if calls.await.is_err() {
        tally.errors.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends half of a request, and waits.
async fn stall(address: SocketAddr) {
    let whole = request(&wire::call("runs", json!({})));
    let mut held = Vec::new();
    for half in [9, 60, whole.len() - 5].into_iter().cycle() {
        if let Ok(mut stream) = connect(address, 3, 0).await {
            let _ = stream.write_all(&whole[..half]).await;
            held.push(stream);
        }
        held.truncate(200);
        sleep(Duration::from_millis(20)).await;
    }
}

/// Resets connections at any stage.
async fn reset(address: SocketAddr) {
    let whole = request(&wire::call("sleep", json!({ "seconds": 5.0 })));
    for number in 0_usize.. {
        if let Ok(mut stream) = connect(address, 4, 0).await {
            let _ = stream
                .write_all(&whole[..number * 37 % (whole.len() + 1)])
                .await;
            let _ = stream.set_zero_linger();
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Sends malformed requests.
async fn garbage(address: SocketAddr) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    loop {
        if let Ok(mut stream) = connect(address, 5, 0).await {
            let bytes: Vec<u8> = std::iter::repeat_with(|| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()[0]
            })
            .take(4096)
            .collect();
            let _ = stream.write_all(&bytes).await;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Opens one connection after another and keeps each as long as the server does.
async fn open_without_end(address: SocketAddr) {
    let mut held = std::collections::VecDeque::new();
    loop {
        if let Ok(stream) = connect(address, 6, 0).await {
            held.push_back(stream);
        }
        if held.len() > 2_000 {
            held.pop_front();
        }
        sleep(Duration::from_millis(1)).await;
    }
}
