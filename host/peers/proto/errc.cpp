// SPDX-License-Identifier: Apache-2.0
// The sentences behind the codes.
#include "peers/proto/errc.hpp"

#include <string>

namespace meshhost::peers::proto {

namespace {

const char* sentence(errc value) noexcept {
    switch (value) {
    case errc::malformed:
        return "bytes that cannot be read";
    case errc::too_large:
        return "larger than its limit";
    case errc::unknown_layout:
        return "a layout that this version cannot read";
    case errc::bad_origin:
        return "the origin is not a public key";
    case errc::bad_field_order:
        return "fields are repeated or out of order";
    case errc::not_canonical:
        return "not in its shortest encoding";
    case errc::bad_state:
        return "no such node state";
    case errc::bad_uptime:
        return "an uptime of more than a century";
    case errc::bad_text:
        return "a text is too long, not UTF-8, or has control characters";
    case errc::bad_role:
        return "a role is not [a-z0-9_-]{1,32}, or is named twice";
    case errc::bad_address:
        return "an address that nobody can dial";
    case errc::bad_contribution:
        return "a contribution's role, key, unit, value or place is wrong";
    case errc::too_many:
        return "more roles, addresses, contributions or neighbours than allowed";
    case errc::bad_signature:
        return "the origin did not sign these bytes";
    case errc::bad_number:
        return "an incarnation or a sequence above 2^53 - 1";
    case errc::bad_facts:
        return "a tier, budget, load, lease or list of neighbours that cannot be";
    case errc::role_too_large:
        return "what the role contributes is more than digest.plugin_bytes_max";
    }
    return "unknown error";
}

// Boost gives its categories a protected destructor that is not virtual: they are never deleted
// through the base. g++ warns all the same.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "meshhost.peers"; }
    std::string message(int value) const override { return sentence(static_cast<errc>(value)); }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& peers_category() noexcept {
    static const category instance;
    return instance;
}

const char* to_string(close_code code) noexcept {
    switch (code) {
    case close_code::unspecified:
        return "closed";
    case close_code::leaving:
        return "the node is leaving";
    case close_code::superseded:
        return "superseded by another connection";
    case close_code::wrong_mesh:
        return "belongs to another mesh";
    case close_code::bad_frame:
        return "sent a frame that cannot be read";
    case close_code::bad_record:
        return "sent a digest that cannot be read";
    case close_code::forged_record:
        return "sent a digest with a false signature";
    case close_code::foreign_record:
        return "sent a digest of somebody else";
    case close_code::too_fast:
        return "sent more than allowed";
    case close_code::silent:
        return "connected and sent no digest";
    case close_code::unresponsive:
        return "did not acknowledge a digest";
    case close_code::bad_stream:
        return "broke the rule of one stream a connection";
    case close_code::too_many:
        return "too many peers";
    case close_code::same_identity:
        return "uses the key of the node it connected to";
    }
    return "closed";
}

}  // namespace meshhost::peers::proto
