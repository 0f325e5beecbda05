// SPDX-License-Identifier: Apache-2.0
// The sentences behind the codes.
#include "nat/proto/punch_errc.hpp"

#include <string>

namespace meshhost::nat::proto {

namespace {

const char* sentence(punch_errc value) noexcept {
    switch (value) {
    case punch_errc::malformed:
        return "a control frame that cannot be read";
    case punch_errc::too_large:
        return "a control frame that is larger than its limit";
    case punch_errc::unknown_version:
        return "the first control frame says no version";
    case punch_errc::wrong_direction:
        return "a control frame that only the other end may send";
    }
    return "unknown error";
}

// Boost gives its categories a protected destructor that is not virtual: they are never deleted
// through the base. g++ warns all the same.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "meshhost.punch"; }
    std::string message(int value) const override {
        return sentence(static_cast<punch_errc>(value));
    }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& punch_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace meshhost::nat::proto
