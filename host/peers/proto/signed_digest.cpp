// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/signed_digest.hpp"

#include "peers/proto/errc.hpp"

#include <algorithm>
#include <string_view>

namespace meshhost::peers::proto {

namespace {

using namespace std::string_view_literals;

/// Keeps a signed digest from passing for anything else that the key signs.
constexpr std::string_view signing_context = "meshhost digest v1\0"sv;

byte_buffer message_of(bytes_view body) {
    byte_buffer message;
    message.reserve(signing_context.size() + body.size());
    const bytes_view context = as_bytes(signing_context);
    message.insert(message.end(), context.begin(), context.end());
    message.insert(message.end(), body.begin(), body.end());
    return message;
}

}  // namespace

result<byte_buffer> sign_digest(const identity::secret_key& key, const node_digest& digest) {
    if (digest.origin != key.id()) return errc::bad_origin;
    auto record = encode_digest(digest);
    if (!record) return record;
    const identity::signature signature = key.sign(message_of(*record));
    record->insert(record->end(), signature.begin(), signature.end());
    return record;
}

result<node_digest> open_digest(bytes_view record) {
    if (record.size() > record_size_max) return errc::too_large;
    if (record.size() < signature_size) return errc::malformed;
    const bytes_view body = record.first(record.size() - signature_size);
    const auto origin = digest_origin(body);
    if (!origin) return origin.error();
    identity::signature signature{};
    std::copy(record.end() - signature_size, record.end(), signature.begin());
    if (!identity::verify(*origin, message_of(body), signature)) return errc::bad_signature;
    return decode_digest(body);
}

}  // namespace meshhost::peers::proto
