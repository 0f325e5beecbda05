// SPDX-License-Identifier: Apache-2.0
#pragma once
// Connections that have ended but whose peers may not know yet (RFC 9000 §10.2): their ids stay
// reserved for 3 PTO and late packets are answered with the same CONNECTION_CLOSE, ever less
// often. The connection itself is gone. Bounded; oldest out first.
#include "base/bytes.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"
#include "quic/connection_id.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <list>
#include <vector>

namespace meshhost::quic {

class closing_table {
public:
    static constexpr std::size_t entries_max = 2048;

    struct entry {
        std::vector<connection_id> ids{};
        byte_buffer farewell{};  ///< empty: the peer closed, nothing is answered
        time_point until;
        std::uint32_t heard = 0;
    };

    void add(entry closed);

    /// true: `id` belongs to a closed connection; `answer` is what to send back, or empty.
    bool receive(const connection_id& id, bytes_view& answer);

    bool contains(const connection_id& id) const { return index_.contains(id); }

    void expire(time_point now);
    time_point next_deadline() const noexcept;

    std::size_t size() const noexcept { return entries_.size(); }
    std::size_t ids() const noexcept { return index_.size(); }

private:
    void drop(std::list<entry>::iterator it);

    std::list<entry> entries_;  ///< by deadline, soonest first
    boost::unordered_flat_map<connection_id, std::list<entry>::iterator, connection_id_hash> index_;
};

}  // namespace meshhost::quic
