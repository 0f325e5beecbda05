// SPDX-License-Identifier: Apache-2.0
// Tickets and peers: the input is taken as a text, and as the bytes inside a ticket.
#include "base/assert.hpp"
#include "identity/endpoint_addr.hpp"
#include "wire/base32.hpp"

using namespace meshhost;
using namespace meshhost::identity;

namespace {

void check(const outcome<endpoint_addr>& addr) {
    if (!addr) {
        const failure& error = addr.error();
        MH_ASSERT(error.exit == exit_code::invalid, "a bad ticket is an invalid one");
        MH_ASSERT(error.message.find('\n') == std::string::npos, "a cause is one line");
        return;
    }
    MH_ASSERT(addr->relays.size() + addr->direct.size() <= ticket_addresses_max, "bounded");
    const auto again = parse_ticket(format_ticket(*addr));
    MH_ASSERT(again && *again == *addr, "what was read is written and read as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input(data, size);
    check(parse_ticket(as_text(input)));
    check(parse_peer(as_text(input)));
    const auto text = wire::base32_encode(input, wire::base32_alphabet::rfc4648);
    check(parse_ticket("endpoint" + text));
    return 0;
}
