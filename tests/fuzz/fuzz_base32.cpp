// SPDX-License-Identifier: Apache-2.0
// base32: the first byte picks the alphabet; the rest is taken as bytes, and as text.
#include "base/assert.hpp"
#include "wire/base32.hpp"

#include <algorithm>
#include <cctype>

using namespace meshhost;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto alphabet = static_cast<wire::base32_alphabet>(data[0] % 3);
    const bytes_view bytes(data + 1, size - 1);

    const std::string encoded = wire::base32_encode(bytes, alphabet);
    const auto decoded = wire::base32_decode(encoded, alphabet);
    MH_ASSERT(decoded && std::ranges::equal(*decoded, bytes), "what is encoded can be decoded");

    const std::string_view text = as_text(bytes);
    const auto foreign = wire::base32_find_foreign(text, alphabet);
    if (const auto read = wire::base32_decode(text, alphabet)) {
        MH_ASSERT(!foreign, "what was decoded has no foreign character");
        const std::string again = wire::base32_encode(*read, alphabet);
        MH_ASSERT(again == lower(text), "there is one text for the same bytes");
    }
    return 0;
}
