// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who may call into the host, and when: the strand from create until stop has returned, the
// plugin's own threads from the return of create on. Any thread.
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

namespace meshhost::plugin {

class call_gate {
public:
    enum class verdict : std::uint8_t {
        admitted,
        too_early,   ///< another thread, before create has returned
        off_strand,  ///< another thread, and the call is for the strand
        too_late,    ///< after stop has returned
    };

    /// The thread that runs the instance; before its first callback.
    void bind_strand() noexcept { strand_ = std::this_thread::get_id(); }
    bool on_strand() const noexcept { return strand_.load() == std::this_thread::get_id(); }

    call_gate() = default;
    /// Another generation's of the same instance: abandoned when that is.
    explicit call_gate(const call_gate& before)
        : abandoned_(before.abandoned_) {}
    call_gate& operator=(const call_gate&) = delete;

    void created() noexcept { phase_ = phase::open; }
    /// After close(): its code is the instance's again.
    void reopen() noexcept { phase_ = phase::open; }
    bool is_created() const noexcept { return phase_ != phase::creating; }
    void close() noexcept { phase_ = phase::closed; }

    /// The host has given up on the strand's latest callback: should it ever return, the strand
    /// must not touch the host any more, which may be gone.
    void abandon() noexcept {
        *abandoned_ = true;
        close();
    }
    bool is_abandoned() const noexcept { return *abandoned_; }

    verdict judge(bool strand_only) const noexcept {
        const phase now = phase_;
        if (now == phase::closed || is_abandoned()) return verdict::too_late;
        if (on_strand()) return verdict::admitted;
        if (strand_only) return verdict::off_strand;
        return now == phase::creating ? verdict::too_early : verdict::admitted;
    }

    /// Counts from one.
    std::uint64_t count_late() noexcept { return ++late_; }

private:
    enum class phase : std::uint8_t { creating, open, closed };

    std::atomic<std::thread::id> strand_{};
    std::atomic<phase> phase_{phase::creating};
    std::shared_ptr<std::atomic<bool>> abandoned_ = std::make_shared<std::atomic<bool>>(false);
    std::atomic<std::uint64_t> late_{0};
};

}  // namespace meshhost::plugin
