// SPDX-License-Identifier: Apache-2.0
// The content of a key file: a key that was read is written as the same digits.
#include "base/assert.hpp"
#include "identity/key_text.hpp"

#include <algorithm>
#include <cctype>

using namespace meshhost;
using namespace meshhost::identity;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text({data, size});
    const auto key = parse_key_text(text);
    if (!key) {
        MH_ASSERT(key.error().code == "E_KEY_DAMAGED", "the one error there is");
        return 0;
    }
    key_text written;
    format_key_text(*key, written);
    const auto same_digit = [](unsigned char read, unsigned char digit) {
        return std::tolower(read) == digit;
    };
    MH_ASSERT(std::equal(text.begin(), text.end(), written.value.begin(), same_digit), "the same");
    return 0;
}
