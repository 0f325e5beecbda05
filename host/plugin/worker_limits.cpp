// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_limits.hpp"

#include <spdlog/fmt/fmt.h>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <grp.h>
#include <system_error>

namespace meshhost::plugin {

namespace {

/// "nobody" on every Linux that follows the LSB; a name would need files and services to resolve.
constexpr uid_t nobody = 65534;
/// Our code, thread stacks and the allocator's arenas.
constexpr rlim_t own_data = rlim_t{96} << 20;

plugin_fault cannot(const char* what) {
    return {
        "MP202",
        fmt::format("its process cannot {}: {}", what, std::generic_category().message(errno))};
}

bool become_nobody() {
    return ::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0
           && ::setresuid(nobody, nobody, nobody) == 0;
}

}  // namespace

checked<> confine() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
        ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (::geteuid() == 0 && !become_nobody()) return cannot("give up root's rights");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("give up new privileges");
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user takes it back
    return {};
}

void limit_memory(const mesh_budget* budget) {
    if (!MESH_HAS(budget, mesh_budget, rss_bytes) || budget->rss_bytes == 0) return;
    const rlim_t most = budget->rss_bytes + own_data;
    const rlimit data{most, most};
    ::setrlimit(RLIMIT_DATA, &data);
}

}  // namespace meshhost::plugin
