// SPDX-License-Identifier: Apache-2.0
#include "base/unique_fd.hpp"
#include "support/catch.hpp"

#include <fcntl.h>

using meshhost::unique_fd;

namespace {

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) != -1;
}

int open_null() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace

TEST_CASE("unique_fd: it closes what it owns, once, and only then", "[base]") {
    const int fd = open_null();
    {
        unique_fd first(fd);
        CHECK(first);
        const unique_fd second = std::move(first);
        CHECK_FALSE(first);
        CHECK(second.get() == fd);
        CHECK(is_open(fd));
    }
    CHECK_FALSE(is_open(fd));
}

TEST_CASE("unique_fd: assigning closes what was owned before", "[base]") {
    const int old_fd = open_null();
    const int new_fd = open_null();
    unique_fd owner(old_fd);
    owner = unique_fd(new_fd);
    CHECK_FALSE(is_open(old_fd));
    CHECK(is_open(new_fd));
    owner = unique_fd();
    CHECK_FALSE(is_open(new_fd));
    CHECK_FALSE(owner);
}
