// SPDX-License-Identifier: Apache-2.0
#pragma once
// A machine that the strand and the plugin's own threads share.
#include <mutex>
#include <utility>

namespace meshhost::plugin {

template <class T>
class guarded_value {
public:
    template <class... Arguments>
    explicit guarded_value(Arguments&&... arguments)
        : value_(std::forward<Arguments>(arguments)...) {}

    /// f(T&), which nobody else touches meanwhile.
    template <class F>
    decltype(auto) with(F&& f) {
        const std::lock_guard lock(mutex_);
        return std::forward<F>(f)(value_);
    }

private:
    std::mutex mutex_;
    T value_;
};

}  // namespace meshhost::plugin
