// SPDX-License-Identifier: Apache-2.0
//! A real iroh-gossip peer that does as `gossip_test.py` says. Commands and answers are lines of
//! JSON, as `peers.py` describes them; the verbs are those of `gossip_console.hpp`. No relay, no
//! discovery: addresses come from `know`, and from the gossip itself.
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    error::Error,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use iroh::{
    address_lookup::memory::MemoryLookup, endpoint::presets, protocol::Router, Endpoint,
    EndpointAddr, EndpointId, RelayMode, TransportAddr,
};
use iroh_gossip::{
    api::{Event, GossipReceiver, GossipSender, JoinOptions},
    net::{Gossip, GOSSIP_ALPN},
    proto::TopicId,
};
use n0_future::StreamExt;
use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, BufReader};

type Outcome = Result<Value, Box<dyn Error>>;

/// Messages of a burst between two pauses: upstream's rings hold 256.
const BATCH: u64 = 20;
const PAUSE: Duration = Duration::from_millis(10);
/// Of one subscription, so that nothing is lost here.
const EVENTS_MAX: usize = 1 << 16;

/// What a topic has brought.
#[derive(Default)]
struct Tally {
    neighbors: BTreeSet<EndpointId>,
    received: u64,
    texts: HashSet<String>,
    lagged: u64,
    latencies_us: Vec<i64>,
}

/// Broadcast on a clock, as `pulse.hpp` has it.
struct Pulse {
    name: String,
    every: Duration,
    phase: Duration,
    count: u64,
    bytes: usize,
}

struct Topic {
    sender: GossipSender,
    tally: Arc<Mutex<Tally>>,
    reader: tokio::task::JoinHandle<()>,
}

struct Peer {
    router: Router,
    gossip: Gossip,
    addresses: MemoryLookup,
    topics: HashMap<TopicId, Topic>,
}

fn say(line: &Value) {
    println!("{line}");
}

fn unix_ns() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    now.as_nanos() as i64
}

/// How long a pulse's message has been under way; none for any other text.
fn travelled_us(text: &str) -> Option<i64> {
    let mut words = text.split(' ');
    let sent: i64 = words.nth(2)?.parse().ok()?;
    words.next()?;
    Some((unix_ns() - sent) / 1000)
}

async fn run_pulse(sender: GossipSender, pulse: Pulse, call: Value) {
    let mut due = tokio::time::Instant::now() + pulse.phase;
    let mut random = unix_ns() as u64;
    for number in 0..pulse.count {
        tokio::time::sleep_until(due).await;
        let mut words = format!("{} {number} {} ", pulse.name, unix_ns());
        while words.len() < pulse.bytes {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            words.push((b'a' + ((random >> 33) % 26) as u8) as char);
        }
        let _ = sender.broadcast(words.into_bytes().into()).await;
        due += pulse.every;
    }
    say(&json!({"answer": call}));
}

fn text<'a>(command: &'a Value, name: &str) -> Result<&'a str, Box<dyn Error>> {
    Ok(command[name].as_str().ok_or(format!("no text {name}"))?)
}

fn topic_of(command: &Value) -> Result<TopicId, Box<dyn Error>> {
    Ok(text(command, "topic")?.parse()?)
}

/// Notes everything that happens on a topic until its end.
async fn read(mut receiver: GossipReceiver, tally: Arc<Mutex<Tally>>) {
    while let Some(Ok(event)) = receiver.next().await {
        let mut tally = tally.lock().expect("no panic while it is held");
        match event {
            Event::NeighborUp(id) => drop(tally.neighbors.insert(id)),
            Event::NeighborDown(id) => drop(tally.neighbors.remove(&id)),
            Event::Received(message) => {
                tally.received += 1;
                let text = String::from_utf8_lossy(&message.content).into_owned();
                tally.latencies_us.extend(travelled_us(&text));
                tally.texts.insert(text);
            }
            Event::Lagged => tally.lagged += 1,
        }
    }
}

impl Peer {
    async fn new() -> Result<Self, Box<dyn Error>> {
        let addresses = MemoryLookup::new();
        let endpoint = Endpoint::builder(presets::Minimal)
            .address_lookup(addresses.clone())
            .relay_mode(RelayMode::Disabled)
            .clear_ip_transports()
            .bind_addr(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?
            .bind()
            .await?;
        let gossip = Gossip::builder().spawn(endpoint.clone());
        let router = Router::builder(endpoint).accept(GOSSIP_ALPN, gossip.clone()).spawn();
        Ok(Self { router, gossip, addresses, topics: HashMap::new() })
    }

    fn topic(&self, command: &Value) -> Result<&Topic, Box<dyn Error>> {
        Ok(self.topics.get(&topic_of(command)?).ok_or("not joined")?)
    }

    fn know(&self, command: &Value) -> Outcome {
        let id: EndpointId = text(command, "id")?.parse()?;
        let mut addr = EndpointAddr::new(id);
        for address in command["addresses"].as_array().ok_or("no addresses")? {
            let address: SocketAddr = address.as_str().ok_or("no address")?.parse()?;
            addr.addrs.insert(TransportAddr::Ip(address));
        }
        self.addresses.add_endpoint_info(addr);
        Ok(json!({}))
    }

    async fn join(&mut self, command: &Value) -> Outcome {
        let topic = topic_of(command)?;
        let mut options = JoinOptions::with_bootstrap([]);
        options.subscription_capacity = EVENTS_MAX;
        for id in command["peers"].as_array().ok_or("no peers")? {
            options.bootstrap.insert(id.as_str().ok_or("no id")?.parse()?);
        }
        let (sender, receiver) = self.gossip.subscribe_with_opts(topic, options).await?.split();
        let tally = Arc::new(Mutex::new(Tally::default()));
        let reader = tokio::spawn(read(receiver, tally.clone()));
        self.topics.insert(topic, Topic { sender, tally, reader });
        Ok(json!({}))
    }

    async fn leave(&mut self, command: &Value) -> Outcome {
        let topic = self.topics.remove(&topic_of(command)?).ok_or("not joined")?;
        topic.reader.abort();  // both halves dropped: the topic is left
        Ok(json!({}))
    }

    async fn burst(&self, command: &Value) -> Outcome {
        let topic = self.topic(command)?;
        let prefix = text(command, "prefix")?;
        for number in 0..command["count"].as_u64().ok_or("no count")? {
            topic.sender.broadcast(format!("{prefix} {number}").into_bytes().into()).await?;
            if number % BATCH == BATCH - 1 {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(json!({}))
    }

    /// Answers when the last one is sent.
    fn pulse(&self, command: &Value) -> Result<(), Box<dyn Error>> {
        let number = |name: &str| command[name].as_u64().ok_or(format!("no number {name}"));
        let pulse = Pulse {
            name: text(command, "name")?.to_owned(),
            every: Duration::from_millis(number("every_ms")?),
            phase: Duration::from_millis(number("phase_ms")?),
            count: number("count")?,
            bytes: number("bytes")? as usize,
        };
        let sender = self.topic(command)?.sender.clone();
        tokio::spawn(run_pulse(sender, pulse, command["call"].clone()));
        Ok(())
    }

    fn latencies(&self, command: &Value) -> Outcome {
        let mut tally = self.topic(command)?.tally.lock().expect("no panic while it is held");
        Ok(json!({"us": std::mem::take(&mut tally.latencies_us)}))
    }

    fn tally(&self, command: &Value) -> Outcome {
        let tally = self.topic(command)?.tally.lock().expect("no panic while it is held");
        let mut prefixes = BTreeMap::<&str, u64>::new();
        for text in &tally.texts {
            *prefixes.entry(text.split(' ').next().unwrap_or_default()).or_default() += 1;
        }
        let neighbors: Vec<_> = tally.neighbors.iter().map(|id| id.to_string()).collect();
        Ok(json!({
            "neighbors": neighbors,
            "received": tally.received,
            "distinct": prefixes,
            "lagged": tally.lagged,
        }))
    }

    async fn answer(&mut self, command: &Value) -> Outcome {
        match text(command, "verb")? {
            "know" => self.know(command),
            "join" => self.join(command).await,
            "leave" => self.leave(command).await,
            "burst" => self.burst(command).await,
            "tally" => self.tally(command),
            "latencies" => self.latencies(command),
            other => Err(format!("no verb {other}").into()),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut peer = Peer::new().await?;
    let endpoint = peer.router.endpoint();
    let sockets: Vec<_> = endpoint.bound_sockets().iter().map(|at| at.to_string()).collect();
    say(&json!({"event": "ready", "id": endpoint.id().to_string(), "sockets": sockets}));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let command: Value = serde_json::from_str(&line)?;
        if command["verb"] == "pulse" && peer.pulse(&command).is_ok() {
            continue;
        }
        let mut answer = match peer.answer(&command).await {
            Ok(answer) => answer,
            Err(error) => json!({"error": {"code": "E_PEER", "reason": error.to_string()}}),
        };
        answer["answer"] = command["call"].clone();
        say(&answer);
    }
    peer.router.shutdown().await?;
    Ok(())
}
