// SPDX-License-Identifier: Apache-2.0
#include "app/otlp_setup.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using app::choose_otlp;

namespace {

struct machine {
    config::host_config settings;
    config::surroundings around;

    machine& set(const std::string& name, const std::string& value) {
        around.environment.emplace_back(name, value);
        return *this;
    }
    app::otlp_choice choose() const { return choose_otlp(settings, around, {}); }
    std::string destination() const {
        const auto choice = choose();
        if (!choice.options) return "";
        return choice.collector->authority() + choice.collector->path;
    }
    std::string attribute(const std::string& key) const {
        const auto by = choose().options.value().by;
        const auto found =
            std::find_if(by.begin(), by.end(), [&](const auto& each) { return each.key == key; });
        return found == by.end() ? "" : std::get<std::string>(found->value);
    }
};

}  // namespace

TEST_CASE("otlp: nothing is dialled that nobody asked for", "[app]") {
    CHECK(machine().destination().empty());
    CHECK(machine().choose().warnings.empty());
    CHECK(machine().set("OTEL_SERVICE_NAME", "x").destination().empty());
}

TEST_CASE("otlp: the configuration, then the signal's own variable, then the common one", "[app]") {
    machine at;
    at.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:1/base/");
    CHECK(at.destination() == "b:1/base/v1/traces");
    at.set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://a:2/as/it/is");
    CHECK(at.destination() == "a:2/as/it/is");
    at.settings.telemetry.otlp = "http://127.0.0.1:4318";
    CHECK(at.destination() == "127.0.0.1:4318/v1/traces");
}

TEST_CASE("otlp: switched off by the environment, but not what the configuration says", "[app]") {
    machine at;
    at.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:1");
    SECTION("all of it") {
        at.set("OTEL_SDK_DISABLED", "TRUE");
    }
    SECTION("traces") {
        at.set("OTEL_TRACES_EXPORTER", "none");
    }
    CHECK(at.destination().empty());
    at.settings.telemetry.otlp = "http://c:3";
    CHECK(at.destination() == "c:3/v1/traces");
}

TEST_CASE("otlp: who it is, and what the environment adds", "[app]") {
    machine at;
    at.settings.telemetry.otlp = "http://c:3";
    at.settings.mesh.name = "lab";
    CHECK(at.attribute("service.name") == "meshhost");
    CHECK(at.attribute("service.namespace") == "lab");
    // Of 32 zero bytes, by Python's uuid and hashlib.
    CHECK(at.attribute("service.instance.id") == "c7812dc9-ae6f-5499-afa4-33a86778d99b");
    at.set("OTEL_RESOURCE_ATTRIBUTES", "team=a%20b, service.namespace = mine ,bad,=x");
    at.set("OTEL_SERVICE_NAME", "named");
    CHECK(at.attribute("team") == "a b");
    CHECK(at.attribute("service.namespace") == "mine");
    CHECK(at.attribute("service.name") == "named");
    const auto warnings = at.choose().warnings;
    REQUIRE(warnings.size() == 2);
    CHECK(warnings[0] == "OTEL_RESOURCE_ATTRIBUTES: \"bad\" is ignored");
}

TEST_CASE("otlp: what is not understood is told of and left out", "[app]") {
    machine at;
    at.set("OTEL_EXPORTER_OTLP_ENDPOINT", "https://b:1");
    CHECK(at.destination().empty());
    CHECK(at.choose().warnings.size() == 1);
    at.settings.telemetry.otlp = "http://c:3";
    at.set("OTEL_BSP_SCHEDULE_DELAY", "250").set("OTEL_BSP_MAX_QUEUE_SIZE", "-1");
    at.set("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "9999999").set("OTEL_EXPORTER_OTLP_TIMEOUT", "1s");
    at.set("OTEL_EXPORTER_OTLP_HEADERS", "api-key=x%3D1")
        .set("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    const auto choice = at.choose();
    REQUIRE(choice.options);
    CHECK(choice.options->limits.delay == 250ms);
    CHECK(choice.options->limits.spans_max == 2048);
    CHECK(choice.options->limits.batch_max == 512);
    CHECK(choice.timeout == 10s);
    CHECK(choice.headers.back() == std::pair<std::string, std::string>{"api-key", "x=1"});
    CHECK(choice.warnings.size() == 4);
}

TEST_CASE("otlp: metrics go beside the traces, and not by way of the mesh", "[app]") {
    machine at;
    CHECK_FALSE(at.choose().metrics);
    SECTION("as configured, also when the path of traces is pasted") {
        at.settings.telemetry.otlp = "http://c:4318/v1/traces";
        REQUIRE(at.choose().metrics);
        CHECK(at.choose().metrics->to.path == "/v1/metrics");
        CHECK(at.choose().metrics->options.interval == 60s);
        CHECK(at.destination() == "c:4318/v1/traces");
        at.settings.telemetry.metrics_interval = 0s;
        CHECK_FALSE(at.choose().metrics);
    }
    SECTION("as the environment says") {
        at.set("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m:1/as/it/is");
        at.set("OTEL_METRIC_EXPORT_INTERVAL", "5000");
        REQUIRE(at.choose().metrics);
        CHECK(at.choose().metrics->to.path == "/as/it/is");
        CHECK(at.choose().metrics->options.interval == 5s);
        CHECK_FALSE(at.choose().options);
        at.set("OTEL_METRICS_EXPORTER", "none");
        CHECK_FALSE(at.choose().metrics);
    }
    SECTION("by way of the mesh") {
        at.settings.telemetry.otlp = "mesh";
        CHECK_FALSE(at.choose().metrics);
        CHECK(at.choose().options);
    }
}
