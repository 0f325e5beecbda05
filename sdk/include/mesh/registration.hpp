// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an instance asked the host for and who handles the events that come of it: the handlers by
// tag, and `scoped`, a registration that ends with the object.
#include <mesh/plugin.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

namespace mesh {

using handler = std::function<void(const mesh_event&)>;

/// The handlers of one instance, by tag. Used on its strand only.
class handler_map {
public:
    handler_map() = default;
    handler_map(const handler_map&) = delete;
    handler_map& operator=(const handler_map&) = delete;
    ~handler_map() { clear(); }

    /// What the handlers hold may remove itself on the way.
    void clear() noexcept { const auto gone = std::exchange(slots_, {}); }

    /// A tag that no other registration of the instance has.
    std::uint64_t add(handler f, bool once = false) {
        const auto tag = ++last_tag_;
        slots_.emplace(tag, std::make_shared<slot>(slot{std::move(f), once}));
        return tag;
    }

    void remove(std::uint64_t tag) noexcept { slots_.erase(tag); }

    /// false: nobody registered the event's tag.
    bool dispatch(const mesh_event& event) {
        const auto found = slots_.find(event.tag);
        if (found == slots_.end()) return false;
        const auto kept = found->second;  // the handler may remove itself
        if (kept->once) slots_.erase(found);
        kept->run(event);
        return true;
    }

private:
    struct slot {
        handler run;
        bool once;
    };
    static constexpr std::uint64_t first_tag = 15;  // below: the layer's own
    std::uint64_t last_tag_ = first_tag;
    std::unordered_map<std::uint64_t, std::shared_ptr<slot>> slots_;
};

/// A timer, subscription, listener or watch: cancelled when this object goes. Strand only.
class scoped {
public:
    using end_function = mesh_status (*)(const mesh_host*, mesh_handle) noexcept;

    scoped() = default;
    scoped(
        const mesh_host* host,
        handler_map& handlers,
        std::uint64_t tag,
        mesh_handle handle,
        end_function end
    ) noexcept
        : host_(host)
        , handlers_(&handlers)
        , tag_(tag)
        , handle_(handle)
        , end_(end) {}
    scoped(scoped&& other) noexcept { *this = std::move(other); }
    scoped& operator=(scoped&& other) noexcept {
        if (this == &other) return *this;
        reset();
        host_ = std::exchange(other.host_, nullptr);
        handlers_ = other.handlers_;
        tag_ = other.tag_;
        handle_ = other.handle_;
        end_ = other.end_;
        return *this;
    }
    ~scoped() { reset(); }

    void reset() noexcept {
        if (const auto* host = std::exchange(host_, nullptr)) {
            end_(host, handle_);
            handlers_->remove(tag_);
        }
    }

    mesh_handle handle() const noexcept { return handle_; }
    explicit operator bool() const noexcept { return host_ != nullptr; }

private:
    const mesh_host* host_ = nullptr;
    handler_map* handlers_ = nullptr;
    std::uint64_t tag_ = 0;
    mesh_handle handle_ = 0;
    end_function end_ = nullptr;
};

}  // namespace mesh
