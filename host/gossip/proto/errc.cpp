// SPDX-License-Identifier: Apache-2.0
// The sentences behind the codes.
#include "gossip/proto/errc.hpp"

#include <string>

namespace meshhost::gossip::proto {

namespace {

const char* sentence(errc value) noexcept {
    switch (value) {
    case errc::malformed:
        return "bytes that cannot be read";
    case errc::frame_too_large:
        return "a frame of more than 4096 bytes";
    case errc::bad_endpoint_id:
        return "an endpoint id is not a public key";
    case errc::bad_header:
        return "a stream does not begin with a topic id";
    case errc::not_joined:
        return "the topic was not joined";
    case errc::content_too_large:
        return "a message of more than 4055 bytes";
    case errc::peer_data_too_large:
        return "more than 256 bytes of addresses";
    case errc::too_many_topics:
        return "too many topics";
    case errc::repeated:
        return "the same bytes were broadcast a moment ago";
    }
    return "unknown error";
}

// Boost gives its categories a protected destructor that is not virtual: they are never deleted
// through the base. g++ warns all the same.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "meshhost.gossip"; }
    std::string message(int value) const override { return sentence(static_cast<errc>(value)); }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& gossip_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace meshhost::gossip::proto
