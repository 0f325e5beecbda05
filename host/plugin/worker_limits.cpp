// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_limits.hpp"

#include "base/shadow_memory.hpp"
#include "plugin/lent_directory.hpp"
#include "plugin/proto/process_limits.hpp"
#include "plugin/worker_sandbox.hpp"

#include <spdlog/fmt/fmt.h>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <grp.h>
#include <system_error>

namespace meshhost::plugin {

namespace {

plugin_fault cannot(const char* what) {
    return {
        "MP207",
        fmt::format("its process cannot {}: {}", what, std::generic_category().message(errno))};
}

bool become_nobody() {
    return ::setgroups(0, nullptr) == 0 && ::setresgid(worker_user, worker_user, worker_user) == 0
           && ::setresuid(worker_user, worker_user, worker_user) == 0;
}

}  // namespace

checked<> confine(const proto::worker_reach& reach) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
        ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (::geteuid() == 0 && !become_nobody()) return cannot("give up root's rights");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("give up new privileges");
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user takes it back
    return enter_sandbox(reach);
}

void limit_memory(std::uint64_t bytes) {
    if (bytes == 0 || has_shadow_memory) return;
    const rlim_t most = bytes + proto::own_memory_bytes;
    const rlimit data{most, most};
    ::setrlimit(RLIMIT_DATA, &data);
}

namespace {

void let_pass(const std::filesystem::path& through) {
    struct stat found {};
    if (::lstat(through.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) return;
    const bool is_ours = found.st_uid == ::geteuid();
    if (is_ours && (found.st_mode & S_IXOTH) == 0)
        ::chmod(through.c_str(), (found.st_mode & 07777) | S_IXOTH);
}

bool give(const std::filesystem::path& what) {
    return ::lchown(what.c_str(), worker_user, worker_user) == 0;
}

}  // namespace

void lend_directory(const std::filesystem::path& directory) {
    if (directory.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(directory.parent_path(), error);
    ::mkdir(directory.c_str(), S_IRWXU);  // may be there
    if (::geteuid() != 0 || !give(directory)) return;
    for (const auto& each : std::filesystem::directory_iterator(directory, error))
        give(each.path());
    let_pass(directory.parent_path());
    let_pass(directory.parent_path().parent_path());
}

}  // namespace meshhost::plugin
