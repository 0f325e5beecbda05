// SPDX-License-Identifier: Apache-2.0
#pragma once
// An authority of a test's own, and a certificate for "localhost" and 127.0.0.1 that it vouches
// for, as PEM files.
#include <filesystem>

namespace meshhost::test {

struct certificate_files {
    std::filesystem::path authority;
    std::filesystem::path chain;
    std::filesystem::path key;
};

/// Valid from yesterday to tomorrow.
certificate_files make_certificates(const std::filesystem::path& directory);

}  // namespace meshhost::test
