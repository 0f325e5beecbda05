// SPDX-License-Identifier: Apache-2.0
#include "process/whole_file.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace meshhost::process {

std::optional<std::string> read_whole(const std::filesystem::path& file, std::size_t size_max) {
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(file, unknown)) return std::nullopt;  // a pipe would wait
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text(size_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad() || text.size() > size_max) return std::nullopt;
    return text;
}

bool replace_whole(const std::filesystem::path& file, std::string_view text) {
    const auto next = std::filesystem::path(file).concat(".new");
    errno = 0;
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    std::error_code error(out ? 0 : errno == 0 ? EIO : errno, std::generic_category());
    if (!error) std::filesystem::rename(next, file, error);
    std::error_code ignored;
    if (error) std::filesystem::remove(next, ignored);  // half of it is of no use to anybody
    errno = error.value();
    return !error;
}

}  // namespace meshhost::process
