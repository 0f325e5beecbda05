// SPDX-License-Identifier: Apache-2.0
#include "app/otlp_setup.hpp"

#include "app/host_settings.hpp"
#include "base/quote.hpp"
#include "base/version.hpp"
#include "http/query.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace meshhost::app {

namespace {

using text_map = std::map<std::string, std::string, std::less<>>;

/// Spans of one request over the mesh: a question there has 64 KiB.
constexpr std::size_t mesh_batch_max = 64;
constexpr std::size_t mesh_batch_bytes_max = 16u << 10;

constexpr const char* traces_path = "/v1/traces";
constexpr const char* metrics_path = "/v1/metrics";

bool is_true(const config::surroundings& around, const char* name) {
    return boost::iequals(around.variable(name).value_or(""), "true");
}

class reader {
public:
    reader(const config::surroundings& around, std::vector<std::string>& warnings)
        : around_(around)
        , warnings_(warnings) {}

    /// "a=1,b=x%20y".
    text_map pairs(const char* name) {
        text_map out;
        const auto text = around_.variable(name).value_or("");
        std::vector<std::string> parts;
        if (!text.empty()) boost::split(parts, text, [](char c) { return c == ','; });
        for (const auto& part : parts) {
            const auto equals = part.find('=');
            const auto key = boost::trim_copy(part.substr(0, equals));
            const auto value =
                equals == std::string::npos
                    ? std::nullopt
                    : http::percent_decode(boost::trim_copy(part.substr(equals + 1)));
            if (key.empty() || !value) {
                ignore(name, part);
                continue;
            }
            out.insert_or_assign(key, *value);
        }
        return out;
    }

    /// From 1 to `most`.
    std::optional<std::int64_t> number(const char* name, std::int64_t most) {
        const auto text = around_.variable(name);
        if (!text) return std::nullopt;
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (error == std::errc() && end == text->data() + text->size() && value >= 1
            && value <= most)
            return value;
        ignore(name, *text);
        return std::nullopt;
    }

    std::optional<http_url> url(const char* name) {
        const auto text = around_.variable(name);
        if (!text) return std::nullopt;
        auto parsed = parse_http_url(*text);
        if (!parsed) ignore(name, *text);
        return parsed;
    }

    /// Told once, also of what is read for traces and for metrics.
    void ignore(const char* name, const std::string& text) {
        auto warning = fmt::format("{}: {} is ignored", name, in_quotes(text));
        if (std::find(warnings_.begin(), warnings_.end(), warning) == warnings_.end())
            warnings_.push_back(std::move(warning));
    }

private:
    const config::surroundings& around_;
    std::vector<std::string>& warnings_;
};

/// Many paste the whole path of traces where the base is asked for.
http_url with_path(http_url base, const char* path) {
    if (base.path.ends_with(traces_path))
        base.path.resize(base.path.size() - std::string_view(traces_path).size());
    if (!base.path.ends_with(path)) base.path += path;
    return base;
}

/// What OpenTelemetry calls a signal.
struct signal {
    const char* path;
    const char* endpoint;  ///< its variable
};

constexpr signal traces{traces_path, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"};
constexpr signal metrics{metrics_path, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"};

std::optional<http_url> choose_url(
    const config::host_config& settings,
    const signal& of,
    reader& from
) {
    if (!settings.telemetry.otlp.empty())
        return with_path(*parse_http_url(settings.telemetry.otlp), of.path);
    if (auto own = from.url(of.endpoint)) return own;
    if (auto base = from.url("OTEL_EXPORTER_OTLP_ENDPOINT"))
        return with_path(std::move(*base), of.path);
    return std::nullopt;
}

/// What the configuration names is exported to, whatever the environment switches off.
bool is_switched_off(
    const config::host_config& settings,
    const config::surroundings& around,
    const char* exporter
) {
    return settings.telemetry.otlp.empty()
           && (is_true(around, "OTEL_SDK_DISABLED")
               || around.variable(exporter).value_or("otlp") != "otlp");
}

/// What the environment says wins over what is found out, attribute by attribute.
otlp::resource resource_of(
    const config::host_config& settings,
    const config::surroundings& around,
    const identity::endpoint_id& self,
    reader& from
) {
    text_map all{
        {"service.name", "meshhost"},
        {"service.namespace", settings.mesh.name},
        {"service.instance.id", service_instance_id(self)},
        {"service.version", version()},
        {"mesh.node.id", self.to_hex()},
        {"mesh.node.name", settings.node.name},
        {"mesh.tier", settings.gossip.tier},
        {"host.name", around.host_name},
        {"os.type", "linux"},
        {"process.executable.name", around.executable.filename().string()},
        {"telemetry.sdk.name", "meshhost"},
        {"telemetry.sdk.language", "cpp"},
        {"telemetry.sdk.version", version()}};
    for (auto& [key, value] : from.pairs("OTEL_RESOURCE_ATTRIBUTES"))
        all.insert_or_assign(key, value);
    if (const auto name = around.variable("OTEL_SERVICE_NAME")) all["service.name"] = *name;
    otlp::resource out{{"process.pid", std::int64_t{::getpid()}}};
    for (auto& [key, value] : all)
        if (!value.empty()) out.push_back({key, value});
    return out;
}

}  // namespace

std::string service_instance_id(const identity::endpoint_id& self) {
    const auto space = boost::uuids::string_generator()("4d63009a-8d0f-11ee-aad7-4c796ed8e320");
    const auto& bytes = self.bytes();
    return boost::uuids::to_string(boost::uuids::name_generator_sha1(space
    )(bytes.data(), bytes.size()));
}

namespace {

otlp::exporter_options exporter_options_of(const otlp::resource& by, bool is_mesh, reader& from) {
    otlp::exporter_options options;
    options.by = by;
    options.version = version();
    if (const auto ms = from.number("OTEL_BSP_SCHEDULE_DELAY", 600'000))
        options.limits.delay = std::chrono::milliseconds(*ms);
    if (const auto spans = from.number("OTEL_BSP_MAX_QUEUE_SIZE", 65'536))
        options.limits.spans_max = static_cast<std::size_t>(*spans);
    if (const auto spans = from.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 8192))
        options.limits.batch_max = static_cast<std::size_t>(*spans);
    if (is_mesh) {
        options.limits.batch_max = std::min(options.limits.batch_max, mesh_batch_max);
        options.limits.batch_bytes_max = mesh_batch_bytes_max;
    }
    options.limits.batch_max = std::min(options.limits.batch_max, options.limits.spans_max);
    options.seed = random_seed();
    return options;
}

/// Where none is configured, the environment may ask for one.
duration metrics_interval(const config::host_config& settings, reader& from) {
    constexpr std::int64_t day_ms = 86'400'000;
    if (const auto ms = from.number("OTEL_METRIC_EXPORT_INTERVAL", day_ms))
        return std::chrono::milliseconds(*ms);
    return settings.telemetry.metrics_interval;
}

}  // namespace

otlp_choice choose_otlp(
    const config::host_config& settings,
    const config::surroundings& around,
    const identity::endpoint_id& self
) {
    otlp_choice choice;
    reader from(around, choice.warnings);
    const bool is_mesh = settings.telemetry.otlp == "mesh";
    const bool has_traces = !is_switched_off(settings, around, "OTEL_TRACES_EXPORTER");
    const bool has_metrics =
        !is_mesh && !is_switched_off(settings, around, "OTEL_METRICS_EXPORTER");
    if (has_traces && !is_mesh) choice.collector = choose_url(settings, traces, from);
    const auto metrics_to = has_metrics ? choose_url(settings, metrics, from) : std::nullopt;
    if (!is_mesh && !choice.collector && !metrics_to) return choice;
    const auto protocol = around.variable("OTEL_EXPORTER_OTLP_PROTOCOL");
    if (protocol && *protocol != "http/protobuf")
        choice.warnings.push_back("OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf is what is spoken");
    choice.headers.emplace_back("User-Agent", "OTel-OTLP-Exporter-Cpp/" + std::string(version()));
    for (auto& [name, value] : from.pairs("OTEL_EXPORTER_OTLP_HEADERS"))
        choice.headers.emplace_back(name, value);
    if (const auto ms = from.number("OTEL_EXPORTER_OTLP_TIMEOUT", 600'000))
        choice.timeout = std::chrono::milliseconds(*ms);
    const auto by = resource_of(settings, around, self, from);
    if (is_mesh || choice.collector) choice.options = exporter_options_of(by, is_mesh, from);
    const auto interval = metrics_interval(settings, from);
    if (metrics_to && interval > duration::zero())
        choice.metrics = metrics_choice{*metrics_to, {by, version(), interval}};
    return choice;
}

}  // namespace meshhost::app
