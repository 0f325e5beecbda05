// SPDX-License-Identifier: Apache-2.0
//! The command line that every program of the bench shares.

#[derive(PartialEq)]
pub enum Role {
    Server,
    Client,
}

pub struct Arguments {
    pub role: Role,
    pub verb: String,
    pub port: u16,
    pub count: usize,
    pub concurrency: usize,
}

const COUNT_MAX: usize = 100_000;
const CONCURRENCY_MAX: usize = 64;

impl Arguments {
    /// `server [--port P]` or `client VERB --port P [--count N] [--concurrency C]`.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let role = match words.next().as_deref() {
            Some("server") => Role::Server,
            Some("client") => Role::Client,
            _ => return Err("bench_quinn server | client VERB --port P".into()),
        };
        let mut read = Arguments { role, verb: String::new(), port: 0, count: 1, concurrency: 1 };
        if read.role == Role::Client {
            read.verb = words.next().ok_or("which verb?")?;
        }
        while let Some(word) = words.next() {
            let value = words.next().ok_or(format!("{word} wants a value"))?;
            let number = || value.parse::<usize>().map_err(|error| format!("{word}: {error}"));
            match word.as_str() {
                "--port" => read.port = u16::try_from(number()?).map_err(|e| e.to_string())?,
                "--count" => read.count = number()?.clamp(1, COUNT_MAX),
                "--concurrency" => read.concurrency = number()?.clamp(1, CONCURRENCY_MAX),
                _ => return Err(format!("unknown option {word}")),
            }
        }
        Ok(read)
    }
}
