// SPDX-License-Identifier: Apache-2.0
#pragma once
// A directory of its own for one test, gone when the test is.
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace meshhost::test {

class temp_dir {
public:
    temp_dir() {
        std::string name =
            (std::filesystem::temp_directory_path() / "meshhost-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        path_ = name;
    }
    temp_dir(const temp_dir&) = delete;
    temp_dir& operator=(const temp_dir&) = delete;
    ~temp_dir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace meshhost::test
