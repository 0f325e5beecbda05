// SPDX-License-Identifier: Apache-2.0
//! The verbs of the bench over quinn.
use std::cell::{Cell, RefCell};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, Endpoint, RecvStream, SendStream};

use crate::arguments::Arguments;
use crate::report::{self, Stopwatch};
use crate::server::{transport, ECHO, SINK};
use crate::tls;

const HOLD_WARM_UP: usize = 20;
const HOLD_SETTLE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Client {
    endpoint: Endpoint,
    server: SocketAddr,
}

impl Client {
    fn new(asked: &Arguments) -> Client {
        let crypto = tls::client_config(asked.verb == "hs_resumed");
        let crypto = QuicClientConfig::try_from(crypto).expect("a QUIC profile");
        let mut config = ClientConfig::new(Arc::new(crypto));
        config.transport_config(transport());
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut endpoint = Endpoint::client(any_port).expect("a port");
        endpoint.set_default_client_config(config);
        Client { endpoint, server: SocketAddr::from((Ipv4Addr::LOCALHOST, asked.port)) }
    }

    async fn connect(&self) -> Connection {
        let connecting = self.endpoint.connect(self.server, "bench").expect("a connection");
        connecting.await.expect("a handshake")
    }

    /// Connects and has one byte echoed.
    async fn exchange(&self) -> Connection {
        let connection = self.connect().await;
        let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
        send.write_all(&[ECHO, 1]).await.expect("a write");
        receive.read_exact(&mut [0u8]).await.expect("an echo");
        connection
    }

    async fn open(&self, mark: u8) -> (Connection, SendStream, RecvStream) {
        let connection = self.connect().await;
        let (mut send, receive) = connection.open_bi().await.expect("a stream");
        send.write_all(&[mark]).await.expect("a write");
        (connection, send, receive)
    }
}

async fn handshakes(client: Client, asked: &Arguments) {
    if asked.verb == "hs_resumed" {
        client.exchange().await.close(0u32.into(), b""); // brings the first ticket
    }
    let samples = Rc::new(RefCell::new(Vec::with_capacity(asked.count)));
    let started = Rc::new(Cell::new(0));
    let tasks = tokio::task::LocalSet::new();
    let run = Stopwatch::start();
    for _ in 0..asked.concurrency {
        let (client, samples, started) = (client.clone(), samples.clone(), started.clone());
        let count = asked.count;
        tasks.spawn_local(async move {
            while started.replace(started.get() + 1) < count {
                let start = Instant::now();
                let connection = client.exchange().await;
                samples.borrow_mut().push(start.elapsed());
                connection.close(0u32.into(), b"");
            }
        });
    }
    tasks.await;
    report::latencies(asked, &samples.borrow(), &run);
}

async fn ping_pong(client: Client, asked: &Arguments) {
    let (_connection, mut send, mut receive) = client.open(ECHO).await;
    let mut byte = [1u8];
    let mut samples = Vec::with_capacity(asked.count);
    let mut run = Stopwatch::start();
    for i in 0..=asked.count {
        let start = Instant::now();
        send.write_all(&byte).await.expect("a write");
        receive.read_exact(&mut byte).await.expect("an echo");
        if i == 0 {
            run = Stopwatch::start(); // the first opened the stream
        } else {
            samples.push(start.elapsed());
        }
    }
    report::latencies(asked, &samples, &run);
}

async fn bulk(client: Client, asked: &Arguments) {
    let connection = client.connect().await;
    let block = Bytes::from(vec![0u8; 64 << 10]);
    let bytes = (asked.count as u64) << 20;
    let run = Stopwatch::start();
    let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
    send.write_all(&[SINK]).await.expect("a write");
    for _ in 0..bytes / block.len() as u64 {
        send.write_chunk(block.clone()).await.expect("a write");
    }
    send.finish().expect("an end");
    let mut count = [0u8; 8];
    receive.read_exact(&mut count).await.expect("a count");
    report::bulk(bytes, u64::from_le_bytes(count), &run);
}

async fn hold(client: Client, asked: &Arguments) {
    for _ in 0..HOLD_WARM_UP {
        client.exchange().await.close(0u32.into(), b"");
    }
    tokio::time::sleep(HOLD_SETTLE).await;
    report::memory("before", 0);
    tokio::time::sleep(HOLD_SETTLE).await;
    let mut held = Vec::with_capacity(asked.count);
    for _ in 0..asked.count {
        held.push(client.exchange().await);
    }
    tokio::time::sleep(HOLD_SETTLE).await;
    report::memory("held", held.len());
    tokio::time::sleep(HOLD_SETTLE).await;
}

pub async fn run(asked: &Arguments) {
    let client = Client::new(asked);
    match asked.verb.as_str() {
        "hs" | "hs_resumed" => handshakes(client, asked).await,
        "pp" => ping_pong(client, asked).await,
        "bulk" => bulk(client, asked).await,
        "hold" => hold(client, asked).await,
        unknown => {
            eprintln!("unknown verb {unknown}");
            std::process::exit(2);
        }
    }
}
