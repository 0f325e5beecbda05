// SPDX-License-Identifier: Apache-2.0
// Roles that hand work to the pool.
#include "plugin/proto/limits.hpp"
#include "plugin_bench.hpp"
#include "support/catch.hpp"

#include <fstream>
#include <optional>
#include <string>

using namespace meshhost;
using namespace meshhost::test;
using plugin::proto::instance_state;

namespace {

void run(plugin_bench& bench, const char* mode) {
    bench.own("worker-0").config.values = {{"mode", mode}};
    REQUIRE_FALSE(bench.load(test_plugin("worker_user")));
    bench.manager().start();
}

}  // namespace

TEST_CASE("worker: a job runs beside the strand and ends on it", "[plugin][worker]") {
    plugin_bench bench(GENERATE(false, true));
    run(bench, "sum");
    CHECK(bench.until_value("worker.sum", std::int64_t{500500}));
    CHECK(bench.until_value("worker.elsewhere", true));
    CHECK(bench.stop() == 0);
    CHECK(bench.errors.empty());
}

TEST_CASE("worker: too much is refused, and all that was taken ends", "[plugin][worker]") {
    plugin_bench bench(GENERATE(false, true));
    run(bench, "flood");
    REQUIRE(bench.until_value("worker.taken", std::int64_t{plugin::proto::jobs_max}));
    CHECK(bench.until_value("worker.ended", std::int64_t{plugin::proto::jobs_max}));
}

TEST_CASE("worker: a job that throws tells its role", "[plugin][worker]") {
    plugin_bench bench(GENERATE(false, true));
    run(bench, "throw");
    CHECK(bench.until_value("worker.words", "no number"));
}

TEST_CASE("worker: an exception that crosses the ABI ends the instance", "[plugin][worker]") {
    plugin_bench bench(GENERATE(false, true));
    run(bench, "cross");
    REQUIRE(bench.until_state(instance_state::failed));
    CHECK(
        bench.errors
        == std::vector<std::string>{"MP302 C++ exception crossed the ABI in run: out of cheese: "
                                    "instance worker-0 "
                                    "quarantined; the plugin must catch at its boundary"}
    );
    CHECK(bench.stop() == 0);
}

/// For two seconds, most of which the role hears events as ever.
TEST_CASE("worker: a swap is given up while a job runs, whose end is heard", "[plugin][worker]") {
    plugin_bench bench(GENERATE(false, true));
    run(bench, "held");
    REQUIRE(bench.until_value("worker.taken", std::int64_t{1}));
    const auto ticks = [&bench] {
        const auto found = bench.values.find("worker.ticks");
        return found == bench.values.end() ? 0 : std::get<std::int64_t>(found->second);
    };
    REQUIRE(bench.until([&] { return ticks() > 0; }));
    const auto before = ticks();
    std::optional<std::string> answer;
    REQUIRE(bench.manager().reload("worker-0", test_plugin("worker_user"), [&](const auto& how) {
        answer = how ? "swapped" : how.error().message;
    }));
    REQUIRE(bench.until([&] { return answer.has_value(); }));
    CAPTURE(*answer);
    CHECK(
        answer->find("MP320 swap to worker 1.0.0 aborted in save: MESH_E_TIMEOUT") != answer->npos
    );
    CHECK(ticks() > before + 50);
    CHECK(bench.values.count("worker.ended") == 0);
    std::ofstream(bench.state_directory.path() / "worker-0" / "over") << "now";
    CHECK(bench.until_value("worker.ended", std::int64_t{1}));
    CHECK(bench.stop() == 0);
}

TEST_CASE("worker: a role that stops hears the end of every job", "[plugin][worker]") {
    plugin_bench bench(GENERATE(false, true));
    run(bench, "long");
    REQUIRE(bench.until_value("worker.taken", std::int64_t{20}));
    CHECK(bench.stop() == 0);
    CHECK(bench.errors.empty());  // it would fail its stop
}
