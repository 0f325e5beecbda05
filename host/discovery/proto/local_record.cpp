// SPDX-License-Identifier: Apache-2.0
#include "discovery/proto/local_record.hpp"

#include "base/assert.hpp"
#include "identity/relay_url.hpp"

#include <algorithm>
#include <map>

namespace meshhost::discovery::proto {

namespace {

constexpr std::string_view service_text = "_irohv1._udp.local.";
constexpr std::string_view relay_key = "relay=";
constexpr std::uint32_t ttl_seconds = 120;
constexpr std::size_t txt_string_max = 255;

dns_name known_name(std::string_view text) {
    auto name = dns_name::parse(text);
    MH_ASSERT(name.has_value(), "names of our own are names");
    return std::move(*name);
}

const dns_name& service_name() {
    static const dns_name name = known_name(service_text);
    return name;
}

const dns_name& local_domain() {
    static const dns_name name = known_name("local.");
    return name;
}

/// Without a scope a link-local IPv6 address says nothing.
bool can_dial(const ip_endpoint& address, bool is_own_machine) {
    if (address.port == 0 || address.is_unspecified() || address.is_multicast()) return false;
    if (address.is_loopback()) return is_own_machine;
    return address.is_v4() || !address.is_link_local();
}

bytes_view address_bytes(const ip_endpoint& address) {
    return bytes_view(address.address).first(address.is_v4() ? 4 : 16);
}

std::optional<ip_endpoint> read_address(const dns_record& record, std::uint16_t port) {
    const bool is_v4 = record.type == static_cast<std::uint16_t>(dns_type::a);
    const bool is_v6 = record.type == static_cast<std::uint16_t>(dns_type::aaaa);
    if (!(is_v4 && record.data.size() == 4) && !(is_v6 && record.data.size() == 16))
        return std::nullopt;
    ip_endpoint address;
    address.family = is_v4 ? ip_family::v4 : ip_family::v6;
    address.port = port;
    std::copy(record.data.begin(), record.data.end(), address.address.begin());
    return address;
}

bool is_question(const dns_question& asked) {
    return asked.klass == dns_class_in && asked.type == static_cast<std::uint16_t>(dns_type::ptr)
           && asked.name == service_name();
}

struct served {
    std::uint16_t port;
    std::string label;
};

/// What the answers say, by what their addresses will be under.
struct answers {
    std::multimap<dns_name, served> targets;
    std::map<std::string, std::string> relays;  ///< by label
};

void read_srv(const dns_record& record, bytes_view message, answers& into) {
    constexpr std::size_t before_target = 6;
    if (record.data.size() <= before_target) return;
    std::size_t at = record.data_at + before_target;
    // A name may point back, but its own bytes end where the record does.
    const bytes_view known = message.first(record.data_at + record.data.size());
    const auto target = read_dns_name(known, at);
    if (!target) return;
    const auto port = static_cast<std::uint16_t>(record.data[4] << 8 | record.data[5]);
    into.targets.emplace(*target, served{port, std::string(record.name.first_label())});
}

void read_txt(const dns_record& record, answers& into) {
    bytes_view left = record.data;
    while (!left.empty()) {
        const std::size_t size = left[0];
        if (size >= left.size()) return;
        const std::string_view text = as_text(left.subspan(1, size));
        left = left.subspan(1 + size);
        if (!text.starts_with(relay_key)) continue;
        // The first of a key counts (RFC 6763 §6.4).
        if (auto url = identity::normalise_relay_url(text.substr(relay_key.size())))
            into.relays.emplace(record.name.first_label(), std::move(*url));
    }
}

answers read_answers(const dns_message& message, bytes_view bytes) {
    answers read;
    for (const dns_record& record : message.answers) {
        if (record.klass != dns_class_in || record.name.parent() != service_name()) continue;
        if (record.type == static_cast<std::uint16_t>(dns_type::srv)) read_srv(record, bytes, read);
        if (record.type == static_cast<std::uint16_t>(dns_type::txt)) read_txt(record, read);
    }
    return read;
}

using addresses_by_label = std::map<std::string, std::vector<ip_endpoint>>;

addresses_by_label read_addresses(
    const dns_message& message,
    const answers& said,
    bool is_own_machine
) {
    addresses_by_label found;
    for (const dns_record& record : message.additionals) {
        if (record.klass != dns_class_in || record.name.parent() != local_domain()) continue;
        const auto [first, last] = said.targets.equal_range(record.name);
        for (auto target = first; target != last; ++target) {
            const auto address = read_address(record, target->second.port);
            if (!address || !can_dial(*address, is_own_machine)) continue;
            auto& known = found[target->second.label];
            const bool is_new = std::find(known.begin(), known.end(), *address) == known.end();
            if (is_new && known.size() < local_addresses_max) known.push_back(*address);
        }
    }
    return found;
}

/// As many addresses as are told, of few ports, by port.
std::vector<ip_endpoint> told_addresses(const identity::endpoint_addr& self) {
    std::vector<ip_endpoint> told;
    std::vector<std::uint16_t> ports;
    for (const ip_endpoint& address : self.direct) {
        if (!can_dial(address, true) || told.size() == local_addresses_max) continue;
        const bool is_known = std::find(ports.begin(), ports.end(), address.port) != ports.end();
        if (!is_known && ports.size() == local_ports_max) continue;
        if (!is_known) ports.push_back(address.port);
        told.push_back(address);
    }
    std::stable_sort(told.begin(), told.end(), [](const auto& a, const auto& b) {
        return a.port < b.port;
    });
    return told;
}

}  // namespace

byte_buffer encode_local_query() {
    dns_writer out(0, 0);
    out.question(service_name(), dns_type::ptr);
    return std::move(out).take();
}

std::optional<byte_buffer> encode_local_response(const identity::endpoint_addr& self) {
    const std::vector<ip_endpoint> told = told_addresses(self);
    if (told.empty()) return std::nullopt;

    const std::string label = self.id.to_base32();
    const auto owner = dns_name::prepend(label, service_name());
    MH_ASSERT(owner.has_value(), "52 characters are a label");
    const auto target = [&](std::uint16_t port) {
        return *dns_name::prepend(label + "-" + std::to_string(port), local_domain());
    };

    dns_writer out(0, dns_flag_response | dns_flag_authoritative);
    out.ptr_answer(service_name(), ttl_seconds, *owner);
    std::optional<std::uint16_t> last;
    for (const ip_endpoint& address : told) {
        if (last == address.port) continue;
        last = address.port;
        out.srv_answer(*owner, ttl_seconds, address.port, target(address.port));
    }
    const auto relay = std::find_if(self.relays.begin(), self.relays.end(), [](const auto& url) {
        return relay_key.size() + url.size() <= txt_string_max;
    });
    if (relay != self.relays.end()) {
        const std::string text = std::string(relay_key) + *relay;
        byte_buffer data{static_cast<std::uint8_t>(text.size())};
        data.insert(data.end(), text.begin(), text.end());
        out.answer(*owner, dns_type::txt, ttl_seconds, data);
    }
    for (const ip_endpoint& address : told) {
        const auto type = address.is_v4() ? dns_type::a : dns_type::aaaa;
        out.additional(target(address.port), type, ttl_seconds, address_bytes(address));
    }
    MH_ASSERT(out.size() <= local_message_max, "the limits above bound it");
    return std::move(out).take();
}

std::optional<local_message> read_local_message(bytes_view message, bool is_own_machine) {
    const auto read = read_dns_message(message);
    if (!read) return std::nullopt;
    const bool is_query = std::any_of(read->questions.begin(), read->questions.end(), is_question);
    if (is_query && !read->is_response()) return local_message{local_kind::query, {}};
    if (!read->is_response()) return std::nullopt;

    const answers said = read_answers(*read, message);
    if (said.targets.empty()) return std::nullopt;
    local_message heard{local_kind::response, {}};
    std::size_t keys_checked = 0;
    for (auto& [label, direct] : read_addresses(*read, said, is_own_machine)) {
        if (keys_checked++ == local_endpoints_max) break;
        const auto id = identity::endpoint_id::parse(label);
        if (!id) continue;
        identity::endpoint_addr endpoint{*id, {}, std::move(direct)};
        const auto relay = said.relays.find(label);
        if (relay != said.relays.end()) endpoint.relays.push_back(relay->second);
        put_in_order(endpoint);
        heard.endpoints.push_back(std::move(endpoint));
    }
    return heard;
}

}  // namespace meshhost::discovery::proto
