// SPDX-License-Identifier: Apache-2.0
#include "plugin/link_signer.hpp"

#include "plugin/proto/limits.hpp"

#include <chrono>

namespace meshhost::plugin {

std::optional<identity::signature> link_signer::sign(std::string_view context, bytes_view message)
    const {
    std::unique_lock lock(mutex_);
    const std::uint64_t number = ++last_;
    waiting_.emplace(number, std::nullopt);
    lock.unlock();
    to_host_->send(proto::up::signing_asked{
        number,
        std::string(context),
        byte_buffer(message.begin(), message.end())});
    lock.lock();
    answered_.wait_for(lock, std::chrono::nanoseconds(proto::signing_limit), [&] {
        return waiting_.at(number).has_value();
    });
    const auto own = waiting_.extract(number);
    return own.mapped() ? own.mapped()->signature : std::nullopt;
}

void link_signer::take(const proto::down::signing_done& done) {
    {
        const std::lock_guard lock(mutex_);
        const auto at = waiting_.find(done.number);
        if (at == waiting_.end()) return;  // nobody waits any more
        at->second = done;
    }
    answered_.notify_all();
}

}  // namespace meshhost::plugin
