// SPDX-License-Identifier: Apache-2.0
#include "gossip_samples.hpp"

#include "gossip/proto/addr_info.hpp"
#include "identity/secret_key.hpp"

#include <map>

namespace meshhost::test {

namespace {

identity::endpoint_id make_id(std::size_t number) {
    std::array<std::uint8_t, identity::secret_key::seed_size> seed{};
    for (std::size_t i = 0; i < sizeof number; ++i)
        seed[i] = static_cast<std::uint8_t>(number >> (8 * i));
    seed.back() = 1;
    return identity::secret_key::from_seed(seed).id();
}

struct known_ids {
    std::map<std::size_t, identity::endpoint_id> ids;
    std::map<identity::endpoint_id, std::size_t> numbers;
};

known_ids& known() {
    static known_ids all;
    return all;
}

}  // namespace

const identity::endpoint_id& sample_id(std::size_t number) {
    auto& ids = known().ids;
    const auto at = ids.find(number);
    if (at != ids.end()) return at->second;
    const identity::endpoint_id id = make_id(number);
    known().numbers.emplace(id, number);
    return ids.emplace(number, id).first->second;
}

std::size_t sample_number(const identity::endpoint_id& id) {
    return known().numbers.at(id);
}

identity::topic_id sample_topic(std::uint8_t number) {
    std::array<std::uint8_t, identity::topic_id::size> bytes{};
    bytes.fill(number);
    return identity::topic_id(bytes);
}

byte_buffer sample_data(std::array<std::uint8_t, 4> address) {
    return gossip::proto::encode_addr_info(
        {.relay = {}, .direct = {ip_endpoint::v4(address, 4433)}},
        256
    );
}

}  // namespace meshhost::test
