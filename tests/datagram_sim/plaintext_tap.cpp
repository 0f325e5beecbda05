// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/plaintext_tap.hpp"

#include <ngtcp2/ngtcp2.h>
#include <ngtcp2/ngtcp2_crypto.h>

namespace meshhost::sim {

std::function<void(std::span<std::uint8_t> frames)> before_sealing;

}  // namespace meshhost::sim

extern "C" int ngtcp2_crypto_encrypt_cb(
    std::uint8_t* dest,
    const ngtcp2_crypto_aead* aead,
    const ngtcp2_crypto_aead_ctx* context,
    const std::uint8_t* plaintext,
    std::size_t plaintext_size,
    const std::uint8_t* nonce,
    std::size_t nonce_size,
    const std::uint8_t* aad,
    std::size_t aad_size
) {
    // ngtcp2 seals packets in place, in the caller's buffer.
    if (meshhost::sim::before_sealing && plaintext == dest) {
        meshhost::sim::before_sealing({dest, plaintext_size});
    }
    const int rv = ngtcp2_crypto_encrypt(
        dest,
        aead,
        context,
        plaintext,
        plaintext_size,
        nonce,
        nonce_size,
        aad,
        aad_size
    );
    return rv == 0 ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}
