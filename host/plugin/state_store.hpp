// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.state/1 of one instance: its file, what is staged above it, and the commits under way. The
// file is opened when the role first asks for its state.
#include "plugin/event_queue.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/state_stage.hpp"
#include "plugin/state_committer.hpp"
#include "plugin/state_file.hpp"
#include "plugin/state_place.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meshhost::plugin {

/// The strand, but for directory() and what it returns.
class state_store {
public:
    state_store(state_place place, std::shared_ptr<event_queue> events)
        : place_(std::move(place))
        , events_(std::move(events)) {}

    /// Any thread. Makes it, for its owner alone. Errors: MESH_E_IO.
    proto::call_result<std::string_view> directory() const;

    /// Copies the value when it fits; its size in any case. Errors: MESH_E_NOT_FOUND, and those of
    /// every call: MESH_E_INVALID for a key that cannot be, MESH_E_IO.
    proto::call_result<std::size_t> get(std::string_view key, std::span<std::uint8_t> into);

    /// nullopt deletes. Errors: MESH_E_TOO_LARGE; MESH_E_BUDGET.
    proto::call_result<> stage(std::string_view key, proto::state_write value);

    /// In the order of bytes. `cursor` 0: the first; the view lives until return_views(). Errors:
    /// MESH_E_NOT_FOUND at the end; MESH_E_INVALID for a cursor that is not, or no longer, known.
    proto::call_result<std::string_view> next(std::string_view prefix, std::uint64_t& cursor);

    /// Errors: MESH_E_AGAIN when too many are under way.
    proto::call_result<proto::handle> commit(std::uint64_t tag);

    /// The tag of the commit that has ended; nullopt for one that is not known.
    std::optional<std::uint64_t> finish(const commit_done& done);

    /// The callback that borrowed them has returned.
    void return_views() noexcept { lent_.clear(); }

    /// What happened to a damaged file, once.
    std::string take_notice() { return std::exchange(notice_, {}); }

    std::size_t commits() const noexcept { return commits_.size(); }

    /// Goes on with the files that `from` has open: closing the last of them waits for the disk.
    /// What is staged stays where it is. Not while either has commits under way.
    void take_over(state_store& from);

    /// Drops what is staged, and waits for the commits under way.
    void close();

private:
    struct listing {
        std::uint64_t cursor = 0;
        std::string last;
    };

    proto::call_result<> open();
    proto::call_result<state_file> open_file();
    proto::call_result<std::optional<std::size_t>> size_of(std::string_view key);
    proto::call_result<std::optional<std::string>> next_key(std::string_view from, bool after);
    proto::call_result<> count();

    state_place place_;
    std::shared_ptr<event_queue> events_;
    std::optional<state_file> reader_;
    std::unique_ptr<state_committer> writer_;
    proto::state_stage stage_;
    std::uint64_t used_ = 0;  ///< once all that is staged and under way is written
    proto::handle_table<std::uint64_t> commits_{
        proto::handle_kind::state_commit,
        proto::state_commits_max};
    std::deque<listing> listings_;  ///< the latest last
    std::uint64_t last_cursor_ = 0;
    std::deque<std::string> lent_;
    std::string notice_;
    bool is_closed_ = false;
};

}  // namespace meshhost::plugin
