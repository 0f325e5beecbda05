// SPDX-License-Identifier: Apache-2.0
//! Echoes or counts what streams bring: their first byte says which.
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Endpoint, RecvStream, SendStream, ServerConfig, TransportConfig, VarInt};

use crate::{report, tls};

pub const ECHO: u8 = b'E';
pub const SINK: u8 = b'S';

/// The windows of the bare loop, so that neither waits for credit where the other does not.
pub fn transport() -> Arc<TransportConfig> {
    let mut config = TransportConfig::default();
    config.max_idle_timeout(Some(Duration::from_secs(60).try_into().expect("60 s")));
    config.stream_receive_window(VarInt::from_u32(8 << 20));
    config.receive_window(VarInt::from_u32(24 << 20));
    config.send_window(24 << 20);
    Arc::new(config)
}

async fn echo(mut send: SendStream, mut receive: RecvStream) -> Option<()> {
    while let Some(chunk) = receive.read_chunk(usize::MAX, true).await.ok()? {
        send.write_chunk(chunk.bytes).await.ok()?;
    }
    send.finish().ok()
}

async fn sink(mut send: SendStream, mut receive: RecvStream) -> Option<()> {
    let mut count = 0u64;
    while let Some(chunk) = receive.read_chunk(usize::MAX, true).await.ok()? {
        count += chunk.bytes.len() as u64;
    }
    send.write_all(&count.to_le_bytes()).await.ok()?;
    send.finish().ok()
}

async fn serve_stream(send: SendStream, mut receive: RecvStream) {
    let mut mark = [0u8];
    if receive.read_exact(&mut mark).await.is_err() {
        return;
    }
    match mark[0] {
        ECHO => echo(send, receive).await,
        SINK => sink(send, receive).await,
        _ => None,
    };
}

async fn serve_connection(incoming: quinn::Incoming) {
    let Ok(connection) = incoming.await else { return };
    while let Ok((send, receive)) = connection.accept_bi().await {
        tokio::spawn(serve_stream(send, receive));
    }
}

pub async fn serve(port: u16) {
    let crypto = QuicServerConfig::try_from(tls::server_config()).expect("a QUIC profile");
    let mut config = ServerConfig::with_crypto(Arc::new(crypto));
    config.transport = transport();
    let endpoint = Endpoint::server(config, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .expect("the port");
    report::ready(endpoint.local_addr().expect("an address").port());
    while let Some(incoming) = endpoint.accept().await {
        tokio::spawn(serve_connection(incoming));
    }
}
