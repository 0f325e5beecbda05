// SPDX-License-Identifier: Apache-2.0
#include "wire/postcard.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <bit>

namespace meshhost::wire {

std::int64_t postcard_reader::i64() noexcept {
    const std::uint64_t zigzag = u64();
    return static_cast<std::int64_t>(zigzag >> 1 ^ (~(zigzag & 1) + 1));
}

double postcard_reader::f64() noexcept {
    return std::bit_cast<double>(in_.u64le());
}

bool postcard_reader::boolean() noexcept {
    const std::uint8_t byte = in_.u8();
    if (byte > 1) in_.fail();
    return byte == 1;
}

bytes_view postcard_reader::bytes(std::size_t size_max) noexcept {
    return in_.take(count(size_max));
}

std::string_view postcard_reader::string(std::size_t size_max) noexcept {
    const std::string_view text = as_text(bytes(size_max));
    if (is_utf8(text)) return text;
    in_.fail();
    return {};
}

std::size_t postcard_reader::count(std::size_t count_max) noexcept {
    const std::uint64_t count = u64();
    if (count <= std::min(count_max, remaining())) return static_cast<std::size_t>(count);
    in_.fail();
    return 0;
}

void postcard_writer::i64(std::int64_t value) {
    const std::uint64_t sign = value < 0 ? ~std::uint64_t{0} : 0;
    varint(static_cast<std::uint64_t>(value) << 1 ^ sign);
}

void postcard_writer::f64(double value) {
    out_.u64le(std::bit_cast<std::uint64_t>(value));
}

void postcard_writer::bytes(bytes_view value) {
    varint(value.size());
    out_.bytes(value);
}

}  // namespace meshhost::wire
