// SPDX-License-Identifier: Apache-2.0
#pragma once
// Spans of a role's work:
//   mesh::tracer trace{*this};
//   ...  auto span = trace.begin("resize");  span.set({{"job", id}});  span.fail("no such image");
#include <mesh/role.hpp>

#include <string_view>
#include <utility>

namespace mesh {

/// Ends with the object, well unless it was told otherwise. Any thread.
class span {
public:
    span() = default;
    span(const mesh_host* host, const mesh_trace_v1* table, mesh_handle handle) noexcept
        : host_(host)
        , table_(table)
        , handle_(handle) {}
    span(span&& other) noexcept { *this = std::move(other); }
    span& operator=(span&& other) noexcept {
        if (this == &other) return *this;
        end();
        host_ = other.host_;
        table_ = other.table_;
        handle_ = std::exchange(other.handle_, 0);
        return *this;
    }
    ~span() { end(); }

    void set(attrs with) noexcept {
        if (handle_ != 0) table_->attrs(host_, handle_, with.begin(), with.size());
    }
    void event(std::string_view name, attrs with = {}) noexcept {
        if (handle_ != 0) table_->event(host_, handle_, str(name), with.begin(), with.size());
    }
    void end() noexcept { end(MESH_OK, {}); }
    void fail(std::string_view why, mesh_status status = MESH_E_INTERNAL) noexcept {
        end(status, why);
    }

    /// To send along with a request; all zeros when there is no span.
    mesh_span_context context() const noexcept {
        mesh_span_context out{};
        if (handle_ != 0) table_->context(host_, handle_, &out);
        return out;
    }
    mesh_handle handle() const noexcept { return handle_; }

private:
    void end(mesh_status status, std::string_view why) noexcept {
        if (handle_ != 0) table_->end(host_, std::exchange(handle_, 0), status, str(why));
    }

    const mesh_host* host_ = nullptr;
    const mesh_trace_v1* table_ = nullptr;
    mesh_handle handle_ = 0;
};

/// A member of its role. On a host without traces its spans do nothing.
class tracer {
public:
    explicit tracer(role& owner)
        : owner_(owner) {}
    tracer(const tracer&) = delete;
    tracer& operator=(const tracer&) = delete;

    /// Below the span of the event that is being delivered, when there is one. Strand only.
    span begin(std::string_view name) const noexcept {
        const auto* table = owner_.have<mesh_trace_v1>();
        return start(table, name, table != nullptr ? table->current(owner_.host_) : 0, nullptr);
    }
    span begin_below(const span& parent, std::string_view name) const noexcept {
        return start(owner_.have<mesh_trace_v1>(), name, parent.handle(), nullptr);
    }
    /// Goes on with a trace of another node.
    span begin_remote(const mesh_span_context& remote, std::string_view name) const noexcept {
        return start(owner_.have<mesh_trace_v1>(), name, 0, &remote);
    }

private:
    span start(
        const mesh_trace_v1* table,
        std::string_view name,
        mesh_handle parent,
        const mesh_span_context* remote
    ) const noexcept {
        mesh_handle made = 0;
        if (table == nullptr) return {};
        if (table->begin(owner_.host_, str(name), 0, parent, remote, &made) < 0) return {};
        return {owner_.host_, table, made};
    }

    role& owner_;
};

}  // namespace mesh
