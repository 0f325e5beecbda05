// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/stun_errc.hpp"

namespace meshhost::nat::proto {

namespace {

// Boost gives its categories a protected destructor that is not virtual: they are never deleted
// through the base. g++ warns all the same.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "meshhost.nat.stun"; }
    std::string message(int value) const override {
        switch (static_cast<stun_errc>(value)) {
        case stun_errc::not_stun:
            return "no STUN message";
        case stun_errc::malformed:
            return "a STUN message that cannot be read";
        case stun_errc::bad_fingerprint:
            return "a STUN message whose fingerprint is another";
        case stun_errc::unexpected:
            return "a STUN message that answers nothing";
        case stun_errc::unknown_attribute:
            return "a STUN answer with an unknown attribute that has to be understood";
        case stun_errc::no_mapped_address:
            return "a STUN answer without a mapped address";
        }
        return "unknown error";
    }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& stun_category() noexcept {
    static const category the_one;
    return the_one;
}

}  // namespace meshhost::nat::proto
