// SPDX-License-Identifier: Apache-2.0
// The HTTP head that a stranger sends to a relay, or a relay to a client.
#include "base/assert.hpp"
#include "http/message_head.hpp"
#include "relay/proto/relay_upgrade.hpp"

using namespace meshhost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view bytes(data, size);
    const auto head = http::find_head(bytes);
    const auto text = as_text(bytes).substr(0, head.value_or(size));
    (void)http::parse_answer_head(text);
    const auto asked = http::parse_request_head(text);
    if (!asked) return 0;
    const auto verdict = relay::proto::judge_upgrade(asked->headers);
    MH_ASSERT(verdict.status == 101 || !verdict.reason.empty(), "a refusal has a reason");
    (void)relay::proto::presented_token(asked->headers, "");
    const auto said = relay::proto::answer_portal_check(http::header(*asked, "x-iroh-challenge"));
    MH_ASSERT(!said || said->find('\r') == std::string::npos, "nothing is put into our answer");
    return 0;
}
