// SPDX-License-Identifier: Apache-2.0
#pragma once
// The boundary: from the C function tables to a class derived from mesh::role. Every function
// catches everything, because nothing may unwind into the host.
#include <mesh/role.hpp>
#include <mesh/workers.hpp>

#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

namespace mesh {

/// The callbacks of `mesh_role` for the class R.
template <class R>
struct glue {
    template <class F>
    static mesh_status guard(const mesh_host* host, F&& f) noexcept {
        try {
            f();
            return MESH_OK;
        } catch (const error& thrown) {
            return host->set_error(host, thrown.code(), str(thrown.what()));
        } catch (const std::bad_alloc&) {
            return host->set_error(host, MESH_E_NOMEM, str("out of memory"));
        } catch (const std::exception& thrown) {
            return host->set_error(host, MESH_E_PANIC, str(thrown.what()));
        } catch (...) {
            return host->set_error(host, MESH_E_PANIC, str("non-standard exception"));
        }
    }
    static R* self(mesh_instance* instance) noexcept { return reinterpret_cast<R*>(instance); }
    static role& base(mesh_instance* instance) noexcept { return *self(instance); }

    static mesh_status create(
        const mesh_role*,
        const mesh_host* host,
        mesh_instance** out
    ) noexcept {
        return guard(host, [&] {
            const construction of(host);
            auto made = std::make_unique<R>();
            role& r = *made;
            const auto& keys = r.digest_keys_;
            const auto* const table = keys.empty() ? nullptr : r.have<mesh_digest_v1>();
            if (table != nullptr) r.check(table->declare(host, keys.data(), keys.size()), "digest");
            *out = reinterpret_cast<mesh_instance*>(made.release());
        });
    }
    static mesh_status start(mesh_instance* i) noexcept {
        return guard(base(i).host_, [&] { base(i).start(); });
    }
    static mesh_status drain(mesh_instance* i, mesh_ns deadline) noexcept {
        return guard(base(i).host_, [&] { base(i).drain(ns(deadline)); });
    }
    static mesh_status stop(mesh_instance* i) noexcept {
        const auto status = guard(base(i).host_, [&] { base(i).stop(); });
        base(i).kept_.clear();
        base(i).handlers_.clear();
        return status;
    }
    static void destroy(mesh_instance* i) noexcept { delete self(i); }
    static mesh_status on_event(mesh_instance* i, const mesh_event* event) noexcept {
        return guard(base(i).host_, [&] { base(i).dispatch(*event); });
    }
    static mesh_status validate(mesh_instance* i) noexcept {
        return guard(base(i).host_, [&] { base(i).check_config(); });
    }
    static void apply(mesh_instance* i) noexcept {
        guard(base(i).host_, [&] { base(i).config_changed(); });
    }
    // Of a role that does not override it, the host says that it has to be restarted.
    static constexpr bool takes_config =
        !std::is_same_v<decltype(&R::config_changed), void (role::*)()>;
    static constexpr mesh_plugin_config_v1 config_table{
        sizeof(mesh_plugin_config_v1),
        &glue::validate,
        &glue::apply};
    static const void* get_extension(mesh_instance* i, const char* id) noexcept {
        if (const void* own = base(i).plugin_extension(id)) return own;
        if (std::string_view(id) == MESH_PLUGIN_EXT_WORKER) return worker_extension();
        if (takes_config && std::string_view(id) == MESH_PLUGIN_EXT_CONFIG) return &config_table;
        return nullptr;
    }
};

// What a role class may declare besides its code; the last column is what it has without.
//
//   static constexpr const char* needs[] = {MESH_EXT_PEERS, nullptr};          none
//       likewise wants, permissions, capabilities
//   static constexpr const mesh_config_key* config[] = {&max_jobs, nullptr};   any key
//   static constexpr mesh_budget budget = ...;                                 undeclared
//   static constexpr const char* license = "Apache-2.0";                       unknown
//       likewise homepage
//   static constexpr std::uint32_t flags = MESH_ROLE_SINGLETON;                0
#define MESH_OPTIONAL(name, type, otherwise, expression)                                           \
    template <class R, class = void>                                                               \
    struct name##_of {                                                                             \
        static constexpr type value = otherwise;                                                   \
    };                                                                                             \
    template <class R>                                                                             \
    struct name##_of<R, std::void_t<decltype(R::name)>> {                                          \
        static constexpr type value = expression;                                                  \
    };
MESH_OPTIONAL(needs, const char* const*, nullptr, R::needs)
MESH_OPTIONAL(wants, const char* const*, nullptr, R::wants)
MESH_OPTIONAL(permissions, const char* const*, nullptr, R::permissions)
MESH_OPTIONAL(capabilities, const char* const*, nullptr, R::capabilities)
MESH_OPTIONAL(config, const mesh_config_key* const*, nullptr, R::config)
MESH_OPTIONAL(budget, const mesh_budget*, nullptr, &R::budget)
MESH_OPTIONAL(license, const char*, nullptr, R::license)
MESH_OPTIONAL(homepage, const char*, nullptr, R::homepage)
MESH_OPTIONAL(flags, std::uint32_t, 0, R::flags)
#undef MESH_OPTIONAL

template <class R>
constexpr mesh_role role_table(
    const char* name,
    const char* version,
    const char* vendor,
    const char* summary
) noexcept {
    mesh_role table{};
    table.struct_size = sizeof table;
    table.flags = flags_of<R>::value;
    table.role = name;
    table.version = version;
    table.vendor = vendor;
    table.summary = summary;
    table.license = license_of<R>::value;
    table.homepage = homepage_of<R>::value;
    table.needs = needs_of<R>::value;
    table.wants = wants_of<R>::value;
    table.permissions = permissions_of<R>::value;
    table.capabilities = capabilities_of<R>::value;
    table.config = config_of<R>::value;
    table.budget = budget_of<R>::value;
    table.create = &glue<R>::create;
    table.start = &glue<R>::start;
    table.drain = &glue<R>::drain;
    table.stop = &glue<R>::stop;
    table.destroy = &glue<R>::destroy;
    table.on_event = &glue<R>::on_event;
    table.get_extension = &glue<R>::get_extension;
    return table;
}

constexpr mesh_plugin plugin_table(const mesh_role* const* roles, std::uint32_t count) noexcept {
    mesh_plugin table{};
    table.magic = MESH_PLUGIN_MAGIC;
    table.struct_size = sizeof table;
    table.abi_major = MESH_ABI_MAJOR;
    table.abi_minor_built = MESH_ABI_MINOR;
    table.abi_minor_min = MESH_ABI_MINOR_MIN;
    table.role_count = count;
    table.roles = roles;
    table.sdk = "cpp 1.0.0";
    return table;
}

}  // namespace mesh

// MESH_PLUGIN(Class, "role", "1.2.3", "Vendor", "summary"): at namespace scope, once a shared
// object.
#define MESH_PLUGIN(Class, role_, version_, vendor_, summary_)                                     \
    MESH_PLUGIN_NOTE("role=" role_ "\nversion=" version_ "\nvendor=" vendor_ "\nsdk=cpp 1.0.0\n"); \
    extern "C" MESH_EXPORT const mesh_plugin* mesh_plugin_entry(std::uint32_t) noexcept {          \
        static constexpr mesh_role table =                                                         \
            mesh::role_table<Class>(role_, version_, vendor_, summary_);                           \
        static constexpr const mesh_role* roles[] = {&table};                                      \
        static constexpr mesh_plugin plugin = mesh::plugin_table(roles, 1);                        \
        return &plugin;                                                                            \
    }                                                                                              \
    static_assert(true, "takes the semicolon")
