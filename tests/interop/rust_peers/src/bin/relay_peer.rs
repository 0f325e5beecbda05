// SPDX-License-Identifier: Apache-2.0
//! An iroh endpoint without any socket of its own: all that it hears comes by way of one relay, whose
//! certificate it checks against an authority that it is given. Lines of JSON, as `peers.py` describes them.
//!
//!   relay_peer URL AUTHORITY.pem ALPN
//!   dial  to (ID@URL), alpn, bytes, datagram: as iroh_peer.cjs; also `paths`, each "relay" or "ip"
use std::error::Error;

use iroh::{
    endpoint::{presets, Connection, Incoming},
    tls::CaTlsConfig,
    Endpoint, EndpointAddr, RelayMode, RelayUrl,
};
use rustls_pki_types::{pem::PemObject, CertificateDer};
use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, BufReader};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Of an echo: more than is ever asked for.
const BYTES_MAX: usize = 16 << 20;

fn say(line: &Value) {
    println!("{line}");
}

fn text<'a>(command: &'a Value, name: &str) -> Outcome<&'a str> {
    Ok(command[name].as_str().ok_or(format!("no text {name}"))?)
}

async fn bind(url: &str, authority: &str, alpn: &str) -> Outcome<Endpoint> {
    let roots: Vec<_> = CertificateDer::pem_file_iter(authority)?.collect::<Result<_, _>>()?;
    let url: RelayUrl = url.parse()?;
    let endpoint = Endpoint::builder(presets::Minimal)
        .ca_tls_config(CaTlsConfig::custom_roots(roots))
        .relay_mode(RelayMode::custom([url]))
        .clear_ip_transports()
        .alpns(vec![alpn.as_bytes().to_vec()])
        .bind()
        .await?;
    endpoint.online().await;
    Ok(endpoint)
}

/// Gives back the first stream and the first datagram.
async fn serve(incoming: Incoming) -> Outcome<()> {
    let connection = incoming.await?;
    say(&json!({"event": "accepted", "id": connection.remote_id().to_string()}));
    let echo = async {
        let (mut send, mut receive) = connection.accept_bi().await?;
        let bytes = receive.read_to_end(BYTES_MAX).await?;
        send.write_all(&bytes).await?;
        send.finish()?;
        Outcome::Ok(())
    };
    let datagram = async { Outcome::Ok(connection.send_datagram(connection.read_datagram().await?)?) };
    tokio::try_join!(echo, datagram)?;
    connection.closed().await;
    Ok(())
}

async fn accept(endpoint: Endpoint) {
    while let Some(incoming) = endpoint.accept().await {
        tokio::spawn(async move {
            if let Err(error) = serve(incoming).await {
                say(&json!({"event": "refused", "reason": error.to_string()}));
            }
        });
    }
}

/// Whether as much came back as was sent, and the same.
async fn echo(connection: &Connection, size: usize) -> Outcome<bool> {
    let sent: Vec<u8> = (0..size).map(|i| (i * 31 + i / 251) as u8).collect();
    let (mut send, mut receive) = connection.open_bi().await?;
    let write = async {
        send.write_all(&sent).await?;
        send.finish()?;
        Outcome::Ok(())
    };
    let read = async { Outcome::Ok(receive.read_to_end(BYTES_MAX).await?) };
    let ((), received) = tokio::try_join!(write, read)?;
    Ok(received == sent)
}

async fn dial(endpoint: &Endpoint, command: &Value) -> Outcome<Value> {
    let (id, url) = text(command, "to")?.split_once('@').ok_or("no ID@URL")?;
    let to = EndpointAddr::new(id.parse()?).with_relay_url(url.parse()?);
    let connection = endpoint.connect(to, text(command, "alpn")?.as_bytes()).await?;
    let size = command["bytes"].as_u64().ok_or("no bytes")? as usize;
    let intact = echo(&connection, size).await?;
    connection.send_datagram(text(command, "datagram")?.as_bytes().to_vec().into())?;
    let datagram = connection.read_datagram().await?;
    let paths: Vec<_> = connection.paths().iter().map(|path| if path.is_relay() { "relay" } else { "ip" }).collect();
    connection.close(0u32.into(), b"done");
    Ok(json!({
        "remote_id": connection.remote_id().to_string(),
        "intact": intact,
        "datagram": String::from_utf8_lossy(&datagram),
        "paths": paths,
    }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let [url, authority, alpn] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("three arguments");
    let endpoint = bind(&url, &authority, &alpn).await?;
    tokio::spawn(accept(endpoint.clone()));
    say(&json!({"event": "ready", "id": endpoint.id().to_string(), "sockets": []}));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let command: Value = serde_json::from_str(&line)?;
        let mut answer = dial(&endpoint, &command).await.unwrap_or_else(|error| json!({"error": error.to_string()}));
        answer["answer"] = command["call"].clone();
        say(&answer);
    }
    endpoint.close().await;
    Ok(())
}
