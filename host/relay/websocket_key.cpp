// SPDX-License-Identifier: Apache-2.0
#include "relay/websocket_key.hpp"

#include "identity/base64.hpp"

#include <array>
#include <new>

#include <openssl/evp.h>
#include <sodium/randombytes.h>

namespace meshhost::relay {

std::string make_websocket_key() {
    std::array<std::uint8_t, 16> random{};
    randombytes_buf(random.data(), random.size());
    return identity::to_base64(random);
}

std::string answer_websocket_key(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<std::uint8_t, 20> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
        throw std::bad_alloc();
    return identity::to_base64(digest);
}

}  // namespace meshhost::relay
