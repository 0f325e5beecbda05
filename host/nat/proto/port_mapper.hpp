// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps one UDP port of this host forwarded by its router: which protocol to try, when to ask
// again, when to give up for a while. Somebody else talks to the router. Shape: a machine.
//
// PCP first, then NAT-PMP, then UPnP; the one that worked is the one that is asked again, at half
// of the lifetime (RFC 6887 §11.2.1).
#include "base/backoff.hpp"
#include "base/ip_endpoint.hpp"
#include "base/time.hpp"
#include "nat/proto/net_report.hpp"

#include <deque>
#include <optional>

namespace meshhost::nat::proto {

enum class mapping_protocol : std::uint8_t { pcp, nat_pmp, upnp };

/// "nat_pmp".
const char* to_string(mapping_protocol protocol) noexcept;

struct port_mapper_config {
    duration lifetime = 2h;        ///< asked for (RFC 6886 §3.3)
    duration lifetime_min = 2min;  ///< whatever the router says: nobody makes us hurry
    duration retry_min = 1min;     ///< after all failed (a guess)
    duration retry_max = 30min;
};

enum class attempt_result : std::uint8_t {
    mapped,
    refused,    ///< the router speaks the protocol, and says no
    no_router,  ///< no gateway, or nobody who speaks the protocol
};

struct port_mapper_output {
    enum class what : std::uint8_t {
        attempt,  ///< ask for a mapping; the result goes to handle_result() with `number`
        release,  ///< tell the router to forget it; nothing is awaited
        changed,  ///< mapping() is another one, or none
        settled,  ///< every protocol was tried, or one worked: kinds() says what is known
    };
    what kind = what::attempt;
    std::uint64_t number = 0;
    mapping_protocol protocol = mapping_protocol::pcp;
    std::uint16_t inner_port = 0;
    std::optional<ip_endpoint> wanted;  ///< the outer address that it had; of release: has
    duration lifetime{};
};

/// Lifecycle: set_port() starts it, or stops it; each input is followed by poll_output() until
/// there is none. One attempt at a time. One thread.
class port_mapper {
public:
    explicit port_mapper(std::uint64_t seed, const port_mapper_config& config = {});

    /// The port to forward; nullopt: none any more, which gives back what there is.
    void set_port(std::optional<std::uint16_t> port, time_point now);
    /// Another network, another router: what there was is gone, and all is tried anew.
    void handle_network_change(time_point now);

    /// `outer` and `lifetime`: of mapped. Results of attempts before the last are passed over.
    void handle_result(
        std::uint64_t number,
        attempt_result result,
        const ip_endpoint& outer,
        duration lifetime,
        time_point now
    );
    void handle_deadline(time_point now);

    std::optional<port_mapper_output> poll_output();
    time_point next_deadline() const noexcept;

    /// The outer address that is forwarded to us.
    const std::optional<ip_endpoint>& mapping() const noexcept { return mapping_; }
    std::optional<mapping_protocol> protocol() const noexcept;
    const port_mapping_kinds& kinds() const noexcept { return kinds_; }
    /// Asserts what must hold between calls.
    void check_invariants() const;

private:
    void attempt(mapping_protocol protocol);
    void try_next(mapping_protocol failed, time_point now);
    void drop_mapping();
    finding& kind_of(mapping_protocol protocol) noexcept;
    void put(port_mapper_output::what kind);

    port_mapper_config config_;
    prng random_;
    backoff retry_;
    std::optional<std::uint16_t> port_;
    std::optional<ip_endpoint> mapping_;
    mapping_protocol by_ = mapping_protocol::pcp;  ///< of the mapping
    time_point expires_{};
    time_point due_ = no_deadline;  ///< of the next attempt
    std::uint64_t number_ = 0;
    bool is_renewal_ = false;  ///< the attempt under way is to keep what works
    std::optional<mapping_protocol> under_way_;
    port_mapping_kinds kinds_;
    std::deque<port_mapper_output> outputs_;
};

}  // namespace meshhost::nat::proto
