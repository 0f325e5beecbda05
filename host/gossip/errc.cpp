// SPDX-License-Identifier: Apache-2.0
#include "gossip/errc.hpp"

namespace meshhost::gossip {

namespace {

// Boost gives its categories a protected destructor that is not virtual: they are never deleted
// through the base. g++ warns all the same.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "meshhost.gossip.service"; }
    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
        case errc::too_many_subscribers:
            return "the topic has too many subscribers";
        case errc::stopping:
            return "the host is stopping";
        }
        return "unknown error";
    }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& service_category() noexcept {
    static const category the_one;
    return the_one;
}

}  // namespace meshhost::gossip
