// SPDX-License-Identifier: Apache-2.0
// The sentences behind the codes.
#include "relay/proto/errc.hpp"

#include <string>

namespace meshhost::relay::proto {

namespace {

const char* sentence(errc value) noexcept {
    switch (value) {
    case errc::malformed:
        return "a frame that cannot be read";
    case errc::frame_too_large:
        return "a frame of more than 65536 bytes";
    case errc::unknown_type:
        return "a frame of a type that this version has not";
    case errc::unexpected_frame:
        return "a frame that is not expected here";
    case errc::bad_endpoint_id:
        return "an endpoint id is not a public key";
    case errc::bad_signature:
        return "the challenge is not signed by this key";
    case errc::denied:
        return "the relay does not serve this key";
    case errc::not_websocket:
        return "bytes that are no WebSocket frames";
    }
    return "unknown error";
}

// Boost gives its categories a protected destructor that is not virtual: they are never deleted
// through the base. g++ warns all the same.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "meshhost.relay"; }
    std::string message(int value) const override { return sentence(static_cast<errc>(value)); }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& relay_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace meshhost::relay::proto
