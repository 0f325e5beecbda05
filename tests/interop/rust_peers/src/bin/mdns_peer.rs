// SPDX-License-Identifier: Apache-2.0
//! iroh's own local discovery, without an endpoint below it: it says what it finds and is found
//! with what it is told. Lines of JSON, as `peers.py` describes them.
//!
//!   advertise  port: publishes 127.0.0.1 and ::1 at it, with a relay URL
use std::{error::Error, net::SocketAddr};

use iroh::{
    address_lookup::{AddressLookup, EndpointData},
    SecretKey, TransportAddr,
};
use iroh_mdns_address_lookup::{DiscoveryEvent, MdnsAddressLookup};
use n0_future::StreamExt;
use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, BufReader};

fn say(line: &Value) {
    println!("{line}");
}

fn advertise(lookup: &MdnsAddressLookup, command: &Value) -> Result<Value, Box<dyn Error>> {
    let port = u16::try_from(command["port"].as_u64().ok_or("no port")?)?;
    let mut data = EndpointData::default();
    for host in command["hosts"].as_array().ok_or("no hosts")? {
        let ip = host.as_str().ok_or("no host")?.parse()?;
        data.add_addrs([TransportAddr::Ip(SocketAddr::new(ip, port))]);
    }
    if let Some(relay) = command["relay"].as_str() {
        data.add_relay_url(relay.parse()?);
    }
    lookup.publish(&data);
    Ok(json!({}))
}

fn report(event: DiscoveryEvent) {
    match event {
        DiscoveryEvent::Discovered { endpoint_info, .. } => {
            let addresses: Vec<String> = endpoint_info.ip_addrs().map(|a| a.to_string()).collect();
            let relays: Vec<String> = endpoint_info.relay_urls().map(|r| r.to_string()).collect();
            say(&json!({"event": "found", "peer": endpoint_info.endpoint_id.to_string(),
                        "addresses": addresses, "relays": relays}));
        }
        DiscoveryEvent::Expired { endpoint_id } => {
            say(&json!({"event": "lost", "peer": endpoint_id.to_string()}));
        }
        _ => {}
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let id = SecretKey::generate().public();
    let lookup = MdnsAddressLookup::builder().build(id)?;
    let mut found = lookup.subscribe().await;
    say(&json!({"event": "ready", "id": id.to_string(), "sockets": []}));
    let mut commands = BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            Some(event) = found.next() => report(event),
            line = commands.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                let command: Value = serde_json::from_str(&line)?;
                let mut answer = advertise(&lookup, &command)
                    .unwrap_or_else(|error| json!({"error": error.to_string()}));
                answer["answer"] = command["call"].clone();
                say(&answer);
            }
        }
    }
}
