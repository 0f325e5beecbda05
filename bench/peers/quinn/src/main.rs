// SPDX-License-Identifier: Apache-2.0
//! quinn under the bench's load: `bench_quinn server`, `bench_quinn client VERB ...`.
mod arguments;
mod client;
mod report;
mod server;
mod tls;

use arguments::{Arguments, Role};

/// No program of the bench outlives this; then SIGALRM ends it.
const RUN_SECONDS_MAX: u32 = 900;

fn main() {
    let asked = Arguments::read(std::env::args().skip(1)).unwrap_or_else(|complaint| {
        eprintln!("{complaint}");
        std::process::exit(2);
    });
    // SAFETY: alarm(2) only sets a timer.
    unsafe { libc::alarm(RUN_SECONDS_MAX) };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    match asked.role {
        Role::Server => runtime.block_on(server::serve(asked.port)),
        Role::Client => runtime.block_on(client::run(&asked)),
    }
}
