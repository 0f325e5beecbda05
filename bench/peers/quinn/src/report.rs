// SPDX-License-Identifier: Apache-2.0
//! What the bench's programs say: JSON lines on stdout. See ../../../README.md.
use std::io::Write;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;

fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").expect("stdout");
    out.flush().expect("stdout");
}

/// Wall and CPU time from its making on.
pub struct Stopwatch {
    started: Instant,
    cpu_started: Duration,
}

fn cpu_time() -> Duration {
    let mut used = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one timespec.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut used) };
    Duration::new(used.tv_sec as u64, used.tv_nsec as u32)
}

impl Stopwatch {
    pub fn start() -> Stopwatch {
        Stopwatch { started: Instant::now(), cpu_started: cpu_time() }
    }
    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
    fn cpu_us(&self) -> f64 {
        (cpu_time() - self.cpu_started).as_secs_f64() * 1e6
    }
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    sorted[(q * (sorted.len() - 1) as f64) as usize]
}

pub fn ready(port: u16) {
    print_line(&format!(r#"{{"event":"ready","port":{port},"id":""}}"#));
}

pub fn latencies(asked: &Arguments, samples: &[Duration], run: &Stopwatch) {
    let (seconds, cpu) = (run.seconds(), run.cpu_us());
    let mut sorted: Vec<f64> = samples.iter().map(|each| each.as_secs_f64() * 1e6).collect();
    sorted.sort_by(f64::total_cmp);
    print_line(&format!(
        concat!(
            r#"{{"verb":"{}","count":{},"concurrency":{},"seconds":{:.6},"per_second":{:.2},"#,
            r#""p50_us":{:.2},"p99_us":{:.2},"min_us":{:.2},"cpu_us":{:.1}}}"#
        ),
        asked.verb,
        sorted.len(),
        asked.concurrency,
        seconds,
        sorted.len() as f64 / seconds,
        quantile(&sorted, 0.5),
        quantile(&sorted, 0.99),
        quantile(&sorted, 0.0),
        cpu
    ));
}

pub fn bulk(sent: u64, received: u64, run: &Stopwatch) {
    let (seconds, cpu) = (run.seconds(), run.cpu_us());
    let rate = received as f64 / f64::from(1 << 20) / seconds;
    print_line(&format!(
        concat!(
            r#"{{"verb":"bulk","bytes":{},"received":{},"seconds":{:.6},"#,
            r#""mib_per_second":{:.2},"cpu_us":{:.1}}}"#
        ),
        sent, received, seconds, rate, cpu
    ));
}

pub fn memory(event: &str, connections: usize) {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let kib = |key: &str| -> u64 {
        rollup
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    };
    print_line(&format!(
        concat!(
            r#"{{"event":"{}","connections":{},"memory":"#,
            r#"{{"rss_kib":{},"pss_kib":{},"anonymous_kib":{}}}}}"#
        ),
        event,
        connections,
        kib("Rss:"),
        kib("Pss:"),
        kib("Anonymous:")
    ));
}
