// SPDX-License-Identifier: Apache-2.0
#include "observe/otlp_receiver.hpp"

#include "base/cut.hpp"
#include "identity/endpoint_id.hpp"
#include "observe/answers.hpp"
#include "observe/proto/unpack_gzip.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <charconv>

namespace meshhost::observe {

namespace {

constexpr double bytes_per_kib = 1024;
constexpr std::size_t name_bytes_max = 64;

/// Of google.rpc.Code.
constexpr int invalid_argument = 3;
constexpr int permission_denied = 7;
constexpr int resource_exhausted = 8;
constexpr int unimplemented = 12;
constexpr int unavailable = 14;
constexpr int unauthenticated = 16;

const http::header_list soon{{"Retry-After", "1"}};

/// nullopt: none that is spoken here.
std::optional<otlp::encoding> encoding_of(const http::request& asked) {
    const auto said = http::header(asked, "content-type");
    const auto type = boost::algorithm::trim_copy(std::string(said.substr(0, said.find(';'))));
    for (const auto each : {otlp::encoding::protobuf, otlp::encoding::json})
        if (boost::algorithm::iequals(type, otlp::content_type_of(each))) return each;
    return std::nullopt;
}

bool is_gzip(const http::request& asked) {
    return boost::algorithm::iequals(http::header(asked, "content-encoding"), "gzip");
}

bool is_plain(const http::request& asked) {
    const auto said = http::header(asked, "content-encoding");
    return said.empty() || boost::algorithm::iequals(said, "identity");
}

/// Empty: there is none, or it is no text.
std::string text_in(const otlp::resource& of, std::string_view key) {
    for (const auto& each : of)
        if (const auto* text = std::get_if<std::string>(&each.value); text && each.key == key)
            return *text;
    return {};
}

/// Without an id: no node of a mesh. Other programs have a name for themselves alone.
proto::told_node node_in(const otlp::resource& by) {
    proto::told_node out;
    for (const char* key : {"mesh.node.id", "service.instance.id"})
        if (const auto id = identity::endpoint_id::parse(text_in(by, key)); id && out.id.empty())
            out.id = id->to_hex();
    for (const char* key : {"mesh.node.name", "service.name", "host.name"})
        if (out.name.empty()) out.name = cut(text_in(by, key), name_bytes_max);
    out.version = cut(text_in(by, "service.version"), name_bytes_max);
    return out;
}

std::size_t length_of(const http::request& asked) {
    const auto said = http::header(asked, "content-length");
    std::size_t length = 0;
    std::from_chars(said.data(), said.data() + said.size(), length);
    return length;
}

}  // namespace

otlp_receiver::otlp_receiver(net::shard& shard, door& by)
    : shard_(shard)
    , door_(by) {}

/// Browsers name the page that sends, programs do not.
std::optional<otlp_receiver::refusal> otlp_receiver::object_to_sender(const http::request& asked) {
    if (const auto objection = door_.object(asked))
        return refusal{403, permission_denied, objection->message};
    if (!http::header(asked, "origin").empty())
        return refusal{403, permission_denied, "spans are taken of programs, not of pages"};
    if (!door_.has_bearer(asked, shard_.now()))
        return refusal{
            401,
            unauthenticated,
            "the header Authorization has to be \"Bearer TOKEN\", with the observer's token",
            {{"WWW-Authenticate", "Bearer"}}};
    return std::nullopt;
}

std::optional<otlp_receiver::refusal> otlp_receiver::object(const http::request& asked) {
    if (const auto objection = object_to_sender(asked)) return objection;
    if (asked.method != "POST")
        return refusal{405, unimplemented, "spans are sent by POST", {{"Allow", "POST"}}};
    if (!encoding_of(asked))
        return refusal{
            415,
            invalid_argument,
            "Content-Type has to be application/x-protobuf or application/json"};
    if (!is_plain(asked) && !is_gzip(asked))
        return refusal{
            415,
            invalid_argument,
            "Content-Encoding has to be gzip, or none",
            {{"Accept-Encoding", "gzip"}}};
    if (!allowance_.take(shard_.now()))
        return refusal{429, resource_exhausted, "more spans come than are taken", soon};
    return std::nullopt;
}

http::body_terms otlp_receiver::on_large_body(const http::request& asked) {
    const auto refuse = [&](const refusal& what) {
        ++requests_;
        return http::body_terms{0, nullptr, say(asked, what)};
    };
    if (const auto objection = object(asked)) return refuse(*objection);
    if (length_of(asked) > body_bytes_max)
        return refuse({413, invalid_argument, "a request has 1 MiB at most"});
    if (large_.use_count() > large_max)
        return refuse({503, unavailable, "other large requests are being taken", soon});
    return {body_bytes_max, large_, std::nullopt};
}

void otlp_receiver::take(const http::request& asked, const admin::answer_ptr& answer) {
    ++requests_;
    if (const auto objection = object(asked)) return answer->reply(say(asked, *objection));
    std::string unpacked;
    if (const auto objection = unpack(asked, unpacked)) {
        allowance_.spend(static_cast<double>(request_bytes_max) / bytes_per_kib);
        return answer->reply(say(asked, *objection));
    }
    const std::string& request = is_gzip(asked) ? unpacked : asked.body;
    allowance_.spend(static_cast<double>(request.size()) / bytes_per_kib);
    const auto in = *encoding_of(asked);
    auto told = otlp::read_traces(request, in);
    if (!told) return answer->reply(say(asked, {400, invalid_argument, told.error().message}));
    answer->reply(answer_to(in, std::move(*told)));
}

std::optional<otlp_receiver::refusal> otlp_receiver::unpack(
    const http::request& asked,
    std::string& into
) const {
    if (!is_gzip(asked)) return std::nullopt;
    auto done = proto::unpack_gzip(asked.body, request_bytes_max);
    if (done.fault == proto::unpack_fault::not_gzip)
        return refusal{400, invalid_argument, "the body is not gzip"};
    if (done.fault) return refusal{413, invalid_argument, "unpacked, a request has 1 MiB at most"};
    into = std::move(done.text);
    return std::nullopt;
}

http::response otlp_receiver::answer_to(otlp::encoding in, otlp::told_request told) {
    auto rejected = told.refused;
    for (auto& group : told.groups)
        rejected += keep(std::move(group), told.why);
    rejected_ += rejected;
    return guarded({200, otlp::content_type_of(in), otlp::encode_answer(in, rejected, told.why)});
}

/// How many could not be: of a node that has no id.
std::uint64_t otlp_receiver::keep(otlp::told_spans group, std::string& why) {
    const auto by = node_in(group.by);
    std::uint64_t rejected = 0;
    for (auto& span : group.spans) {
        if (!by.id.empty()) {
            told_.take(by, std::move(span), shard_.now());
        } else if (span.name.starts_with("mesh.")) {
            ++rejected;
            if (why.empty())
                why = "the resource's mesh.node.id has to be the node's, 64 hexadecimal digits";
        }
    }
    return rejected;
}

http::response otlp_receiver::say(const http::request& asked, const refusal& what) {
    ++refused_;
    const auto in = encoding_of(asked).value_or(otlp::encoding::json);
    http::response said{
        what.status,
        otlp::content_type_of(in),
        otlp::encode_status(in, what.code, what.words)};
    said.headers = what.headers;
    return guarded(std::move(said));
}

std::vector<std::pair<std::string, std::uint64_t>> otlp_receiver::counters() const {
    const auto& counts = told_.counts();
    return {
        {"otlp_nodes", told_.nodes()},
        {"otlp_boots", told_.boots()},
        {"otlp_bytes", told_.bytes()},
        {"otlp_requests", requests_},
        {"otlp_requests_refused", refused_},
        {"otlp_spans_kept", counts.kept},
        {"otlp_spans_ignored", counts.ignored},
        {"otlp_spans_rejected", rejected_},
        {"otlp_spans_gave_way", counts.gave_way}};
}

}  // namespace meshhost::observe
