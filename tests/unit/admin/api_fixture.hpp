// SPDX-License-Identifier: Apache-2.0
#pragma once
// A local API around a fake host, asked without a socket.
#include "admin/admin_server.hpp"
#include "fake_host.hpp"
#include "http/unix_listener.hpp"
#include "support/loop.hpp"
#include "support/temp_dir.hpp"

namespace meshhost::test {

struct api {
    std::shared_ptr<fake_exchange> ask(
        std::string method,
        std::string path,
        std::string body = "",
        http::query_map query = {}
    ) {
        auto exchange = std::make_shared<fake_exchange>();
        server.local().on_request(
            {std::move(method), std::move(path), std::move(body), std::move(query)},
            exchange
        );
        return exchange;
    }

    /// Turns the loop until `done`.
    template <class Predicate>
    bool wait(Predicate done) {
        return run_until(shard, done);
    }

    temp_dir directory;
    net::shard shard;
    fake_host host;
    fake_asker others;
    telemetry::event_journal journal;
    admin::admin_server server{
        shard,
        std::make_unique<http::unix_listener>(
            std::move(*http::unix_listener::claim(directory / "host.sock"))
        ),
        {host, host, journal, others},
        logger()};
};

}  // namespace meshhost::test
