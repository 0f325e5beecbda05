// SPDX-License-Identifier: Apache-2.0
#include "process/secret_file.hpp"

#include "base/quote.hpp"
#include "base/unique_fd.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace meshhost::process {

namespace {

constexpr std::size_t secret_size_max = 1024;

failure bad_secret(
    const secret_file_terms& terms,
    const std::filesystem::path& file,
    const std::string& why,
    exit_code exit = exit_code::invalid
) {
    const auto remedy = [&]() -> std::string {
        if (exit == exit_code::not_permitted)
            return "make it readable by the user who runs this, and by nobody else: chmod 600";
        if (terms.remedy != nullptr) return terms.remedy;
        return fmt::format(
            "put the same 1 to 1024 bytes into {} wherever they are shared, or set it to \"\"",
            terms.key
        );
    };
    return {
        exit,
        terms.code,
        fmt::format("{} in {} {}", terms.what, in_quotes(file.string()), why),
        remedy()};
}

failure unreadable_secret(
    const secret_file_terms& terms,
    const std::filesystem::path& file,
    int error
) {
    return bad_secret(
        terms,
        file,
        fmt::format("cannot be read: {}", std::strerror(error)),
        error == EACCES ? exit_code::not_permitted : exit_code::invalid
    );
}

/// Only its owner may read it, as with the key: whoever has it can join the mesh.
std::optional<failure> refuse_secret(
    const secret_file_terms& terms,
    const std::filesystem::path& file,
    int fd
) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return unreadable_secret(terms, file, errno);
    if (!S_ISREG(status.st_mode)) return bad_secret(terms, file, "is not a regular file");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return std::nullopt;
    return bad_secret(
        terms,
        file,
        fmt::format("is open to other users (mode {:04o})", status.st_mode & 07777U),
        exit_code::not_permitted
    );
}

/// Editors and `echo` end a text with a line break, which nobody means to be part of it.
void cut_line_break(byte_buffer& secret) {
    const auto ends_with = [&](char c) {
        return !secret.empty() && secret.back() == static_cast<std::uint8_t>(c);
    };
    if (!ends_with('\n')) return;
    secret.pop_back();
    if (ends_with('\r')) secret.pop_back();
}

}  // namespace

outcome<byte_buffer> read_secret_file(
    const std::filesystem::path& file,
    const secret_file_terms& terms
) {
    if (file.empty()) return byte_buffer();
    // O_NONBLOCK: opening a FIFO must not wait for its writer.
    const unique_fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return unreadable_secret(terms, file, errno);
    if (auto refusal = refuse_secret(terms, file, fd.get())) return *std::move(refusal);
    constexpr std::size_t line_break_max = 2;
    byte_buffer secret(secret_size_max + line_break_max + 1);
    const auto got = ::read(fd.get(), secret.data(), secret.size());
    if (got < 0) return unreadable_secret(terms, file, errno);
    secret.resize(static_cast<std::size_t>(got));
    cut_line_break(secret);
    if (secret.empty()) return bad_secret(terms, file, "is empty");
    if (secret.size() > secret_size_max) return bad_secret(terms, file, "is over 1024 bytes long");
    return secret;
}

}  // namespace meshhost::process
