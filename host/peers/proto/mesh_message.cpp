// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/mesh_message.hpp"

#include "base/assert.hpp"
#include "peers/proto/config.hpp"
#include "wire/postcard.hpp"

#include <algorithm>
#include <string_view>

namespace meshhost::peers::proto {

namespace {

using namespace std::string_view_literals;

enum class message_kind : std::uint8_t { record = 1, loss = 2, delta = 3, query = 4 };

/// Keep a signed report from passing for anything else that the key signs.
constexpr std::string_view loss_context = "meshhost loss v1\0"sv;
constexpr std::string_view query_context = "meshhost query v1\0"sv;

byte_buffer signed_part(std::string_view words, bytes_view report) {
    const bytes_view context = as_bytes(words);
    byte_buffer message(context.begin(), context.end());
    message.insert(message.end(), report.begin(), report.end());
    return message;
}

bool is_signed(std::string_view context, const loss_report& by, bytes_view body) {
    const bytes_view report = body.first(body.size() - signature_size);
    identity::signature signature{};
    std::copy(body.end() - signature_size, body.end(), signature.begin());
    return identity::verify(by.reporter, signed_part(context, report), signature);
}

identity::endpoint_id read_id(wire::postcard_reader& in) {
    const auto id = identity::endpoint_id::from_bytes(in.fixed(identity::endpoint_id::size));
    if (!id) in.fail();
    return id.value_or(identity::endpoint_id{});
}

std::optional<loss_report> read_report(bytes_view body) {
    if (body.size() < signature_size) return std::nullopt;
    wire::postcard_reader in(body.first(body.size() - signature_size));
    loss_report out;
    out.subject = read_id(in);
    out.version.incarnation = in.u64();
    out.version.sequence = in.u64();
    out.reporter = read_id(in);
    if (!in.at_end()) return std::nullopt;
    return out;
}

template <class Announced>
std::optional<mesh_message> read_as(bytes_view body) {
    const auto report = read_report(body);
    if (!report) return std::nullopt;
    return Announced{*report, body};
}

byte_buffer make_report(
    message_kind kind,
    std::string_view context,
    const identity::secret_key& key,
    const loss_report& report
) {
    byte_buffer body;
    wire::postcard_writer out(body);
    out.fixed(report.subject.bytes());
    out.varint(report.version.incarnation);
    out.varint(report.version.sequence);
    out.fixed(report.reporter.bytes());
    const identity::signature signature = key.sign(signed_part(context, body));
    body.insert(body.end(), signature.begin(), signature.end());
    body.insert(body.begin(), static_cast<std::uint8_t>(kind));
    return body;
}

byte_buffer make_message(message_kind kind, bytes_view body) {
    MH_ASSERT(body.size() <= announced_size_max, "what is ours fits a gossip message");
    byte_buffer content{static_cast<std::uint8_t>(kind)};
    content.insert(content.end(), body.begin(), body.end());
    return content;
}

}  // namespace

std::optional<mesh_message> read_mesh_message(bytes_view content) {
    if (content.empty()) return std::nullopt;
    const bytes_view body = content.subspan(1);
    switch (static_cast<message_kind>(content.front())) {
    case message_kind::record:
        return announced_record{body};
    case message_kind::loss:
        return read_as<announced_loss>(body);
    case message_kind::delta:
        if (const auto delta = read_delta(body)) return *delta;
        return std::nullopt;
    case message_kind::query:
        return read_as<announced_query>(body);
    }
    return std::nullopt;
}

bool is_genuine(const announced_loss& loss) {
    return is_signed(loss_context, loss.report, loss.body);
}

bool is_genuine(const announced_query& query) {
    return is_signed(query_context, query.report, query.body);
}

byte_buffer make_record_message(bytes_view record) {
    return make_message(message_kind::record, record);
}

byte_buffer make_delta_message(bytes_view delta) {
    return make_message(message_kind::delta, delta);
}

byte_buffer make_loss_message(const identity::secret_key& key, const loss_report& report) {
    return make_report(message_kind::loss, loss_context, key, report);
}

byte_buffer make_query_message(const identity::secret_key& key, const loss_report& report) {
    return make_report(message_kind::query, query_context, key, report);
}

}  // namespace meshhost::peers::proto
