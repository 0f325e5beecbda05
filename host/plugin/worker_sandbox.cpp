// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_sandbox.hpp"

#include "plugin/landlock.hpp"

#include <spdlog/fmt/fmt.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <memory>
#include <seccomp.h>
#include <system_error>

#include <asm/sockios.h>

namespace meshhost::plugin {

namespace {

/// Programs, libraries, and what the C library reads. Not /etc as a whole: the host's own
/// configuration lies there.
constexpr std::array for_reading{
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/pki",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl",
    "/etc/timezone",
    "/proc",
    "/run/systemd/resolve",
    "/sys",
};
constexpr std::array for_writing{
    "/dev/full",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
};

/// What looks into other processes, or opens large parts of the kernel to who has no privilege.
constexpr std::array denied_calls{
    SCMP_SYS(add_key),
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),  // whose requests no filter sees
    SCMP_SYS(kcmp),
    SCMP_SYS(keyctl),
    SCMP_SYS(migrate_pages),
    SCMP_SYS(move_pages),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(process_madvise),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(ptrace),
    SCMP_SYS(request_key),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(userfaultfd),
};

/// Landlock guards what is in files, not whose they are and who may open them. By descriptor they
/// stay: what a role may open for writing is its own.
constexpr std::array changes_by_path{
    SCMP_SYS(chmod),
    SCMP_SYS(chown),
    SCMP_SYS(fchmodat),
    SCMP_SYS(fchownat),
    SCMP_SYS(lchown),
    SCMP_SYS(lremovexattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(removexattr),
    SCMP_SYS(setxattr),
    452,  // fchmodat2, which the headers of Linux 6.1 do not know
    463,  // setxattrat
    466,  // removexattrat
};

/// Memory, messages and locks that all processes of a user share by a number or a name, which lie
/// in no directory.
constexpr std::array shared_by_number{
    SCMP_SYS(mq_open),
    SCMP_SYS(mq_unlink),
    SCMP_SYS(msgctl),
    SCMP_SYS(msgget),
    SCMP_SYS(msgrcv),
    SCMP_SYS(msgsnd),
    SCMP_SYS(semctl),
    SCMP_SYS(semget),
    SCMP_SYS(semop),
    SCMP_SYS(semtimedop),
    SCMP_SYS(shmat),
    SCMP_SYS(shmctl),
    SCMP_SYS(shmget),
};

/// Calls on a process of which `argument` says which; `self` is the caller, and the filter lets
/// nothing else through.
struct own_argument {
    int call;
    unsigned argument;
    scmp_datum_t self;
};
constexpr std::array own_arguments{
    own_argument{SCMP_SYS(prlimit64), 0, 0},
    own_argument{SCMP_SYS(sched_setaffinity), 0, 0},
    own_argument{SCMP_SYS(sched_setattr), 0, 0},
    own_argument{SCMP_SYS(sched_setparam), 0, 0},
    own_argument{SCMP_SYS(sched_setscheduler), 0, 0},
    own_argument{SCMP_SYS(setpriority), 0, PRIO_PROCESS},
    own_argument{SCMP_SYS(setpriority), 1, 0},
    own_argument{SCMP_SYS(ioprio_set), 0, 1},  // IOPRIO_WHO_PROCESS: linux/ioprio.h
    own_argument{SCMP_SYS(ioprio_set), 1, 0},
};

/// Who is signalled when something can be read: any process of the same user.
constexpr std::array<scmp_datum_t, 3> signalling_fcntls{F_SETOWN, F_SETOWN_EX, F_SETSIG};
constexpr std::array<scmp_datum_t, 2> signalling_ioctls{FIOSETOWN, SIOCSPGRP};

/// Of the flags that clone takes: linux/sched.h.
constexpr std::array<std::uint64_t, 8> denied_clone_flags{
    0x00008000,  // a child of the host's, which nobody would reap
    0x00020000,  // mounts
    0x02000000,  // control groups
    0x04000000,  // the machine's name
    0x08000000,  // System V's IPC
    0x10000000,  // users
    0x20000000,  // processes
    0x40000000,  // networks
};

constexpr std::uint64_t socket_type_mask = 0xf;  ///< the others are flags: linux/net.h
constexpr std::uint64_t word_mask = 0xffffffff;  ///< of what the kernel takes as an int

plugin_fault no_sandbox(int error) {
    return {
        "MP207",
        fmt::format("its process cannot be shut in: {}", std::generic_category().message(error))};
}

checked<> shut_files(const proto::worker_reach& reach) {
    const int version = landlock::version();
    if (version == 0) return {};
    const std::uint64_t all = landlock::all_of_files(version);
    landlock::scope denied{.files = all, .net = 0, .signals = 0};
    if (version >= 4 && !reach.listens) denied.net |= landlock::net_bind_tcp;
    if (version >= 4 && !reach.dials) denied.net |= landlock::net_connect_tcp;
    if (version >= 6) denied.signals = landlock::scope_all;
    const unique_fd rules = landlock::make_rules(denied);
    if (!rules) return no_sandbox(errno);
    constexpr std::uint64_t reading =
        landlock::fs_execute | landlock::fs_read_file | landlock::fs_read_dir;
    constexpr std::uint64_t device =
        landlock::fs_read_file | landlock::fs_write_file | landlock::fs_ioctl_dev;
    bool is_allowed = true;
    for (const char* const path : for_reading)
        is_allowed = is_allowed && landlock::allow(rules, path, reading);
    for (const char* const path : for_writing)
        is_allowed = is_allowed && landlock::allow(rules, path, device & all);
    for (const std::string& path : reach.readable)
        is_allowed = is_allowed && landlock::allow(rules, path, reading);
    for (const std::string& path : reach.writable)
        is_allowed = is_allowed && landlock::allow(rules, path, all);
    if (!is_allowed || !landlock::enter(rules)) return no_sandbox(errno);
    return {};
}

/// NETLINK: the C library asks the kernel there which address of a name is best.
bool may_open(const proto::worker_reach& reach, unsigned domain) {
    if (domain == AF_UNIX) return reach.listens;
    const bool is_for_networks = domain == AF_INET || domain == AF_INET6 || domain == AF_NETLINK;
    return is_for_networks && reach.has_sockets();
}

/// TCP can dial with its first bytes (RFC 7413), and no connect.
int shut_dialling(scmp_filter_ctx filter) {
    const auto deny = SCMP_ACT_ERRNO(EACCES);
    const auto third = SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN);
    const auto fourth = SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN);
    int error = ::seccomp_rule_add(filter, deny, SCMP_SYS(connect), 0);
    if (error == 0) error = ::seccomp_rule_add(filter, deny, SCMP_SYS(sendmsg), 1, third);
    if (error == 0) error = ::seccomp_rule_add(filter, deny, SCMP_SYS(sendto), 1, fourth);
    if (error == 0) error = ::seccomp_rule_add(filter, deny, SCMP_SYS(sendmmsg), 1, fourth);
    return error;
}

/// Behind UNIX sockets are the machine's other programs: who may only dial has none of them, who
/// may only listen connects to none. A datagram needs no connection.
int shut_sockets(scmp_filter_ctx filter, const proto::worker_reach& reach) {
    const auto deny = SCMP_ACT_ERRNO(EACCES);
    // And what the kernel would cut down to one of the others.
    const auto is_above = SCMP_A0(SCMP_CMP_GE, AF_MAX);
    int error = ::seccomp_rule_add(filter, deny, SCMP_SYS(socket), 1, is_above);
    for (unsigned domain = 0; domain < AF_MAX && error == 0; ++domain) {
        if (may_open(reach, domain)) continue;
        const auto is_it = SCMP_A0(SCMP_CMP_EQ, domain);
        error = ::seccomp_rule_add(filter, deny, SCMP_SYS(socket), 1, is_it);
    }
    for (const int type : {SOCK_DGRAM, SOCK_RAW}) {  // AF_UNIX makes the one of the other
        const auto is_unix = SCMP_A0(SCMP_CMP_EQ, AF_UNIX);
        const auto is_datagram =
            SCMP_A1(SCMP_CMP_MASKED_EQ, socket_type_mask, static_cast<scmp_datum_t>(type));
        if (error == 0 && reach.listens)
            error = ::seccomp_rule_add(filter, deny, SCMP_SYS(socket), 2, is_unix, is_datagram);
        if (error == 0)
            error = ::seccomp_rule_add(filter, deny, SCMP_SYS(socketpair), 1, is_datagram);
    }
    if (error == 0 && !reach.dials) error = shut_dialling(filter);
    for (const int call : {SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4)})
        if (error == 0 && !reach.listens) error = ::seccomp_rule_add(filter, deny, call, 0);
    return error;
}

/// What is done to a process by its number. Signals Landlock keeps in from its version 6 on; all
/// else the kernel's own rules let a user do to whatever is of the same user.
int shut_others(scmp_filter_ctx filter) {
    const auto deny = SCMP_ACT_ERRNO(EPERM);
    int error = 0;
    const auto add = [&](int call, std::initializer_list<scmp_arg_cmp> when) {
        const auto count = static_cast<unsigned>(when.size());
        if (error == 0) error = ::seccomp_rule_add_array(filter, deny, call, count, when.begin());
    };
    for (const auto& [call, argument, self] : own_arguments)
        add(call, {SCMP_CMP(argument, SCMP_CMP_NE, self)});
    for (const scmp_datum_t command : signalling_fcntls)
        add(SCMP_SYS(fcntl), {SCMP_A1(SCMP_CMP_MASKED_EQ, word_mask, command)});
    for (const scmp_datum_t request : signalling_ioctls)
        add(SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_MASKED_EQ, word_mask, request)});
    if (landlock::version() >= 6) return error;
    const auto is_another = SCMP_A0(SCMP_CMP_NE, static_cast<scmp_datum_t>(::getpid()));
    for (const int call :
         {SCMP_SYS(kill), SCMP_SYS(tgkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo)})
        add(call, {is_another});
    for (const int call : {SCMP_SYS(tkill), SCMP_SYS(pidfd_send_signal)})
        add(call, {});
    return error;
}

/// Namespaces of users make a process root there, and open what only root can reach in the kernel.
/// clone3 has its flags in memory, where no filter sees them: without it the C library clones.
int shut_namespaces(scmp_filter_ctx filter) {
    int error = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    for (const std::uint64_t flag : denied_clone_flags) {
        const auto has_flag = SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag);
        if (error == 0)
            error = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, has_flag);
    }
    return error;
}

/// A terminal that was left open to a worker, as its standard error is, takes no keystrokes from
/// it.
int shut_terminals(scmp_filter_ctx filter) {
    int error = 0;
    for (const std::uint64_t request : {TIOCSTI, TIOCLINUX}) {
        const auto is_it = SCMP_A1(SCMP_CMP_MASKED_EQ, word_mask, request);
        if (error == 0)
            error = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1, is_it);
    }
    return error;
}

checked<> shut_calls(const proto::worker_reach& reach) {
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(
        ::seccomp_init(SCMP_ACT_ALLOW),
        &::seccomp_release
    );
    if (!filter) return no_sandbox(ENOMEM);
    int error = 0;
    const auto deny = [&](int call) {
        if (error == 0) error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0);
    };
    std::for_each(denied_calls.begin(), denied_calls.end(), deny);
    std::for_each(changes_by_path.begin(), changes_by_path.end(), deny);
    std::for_each(shared_by_number.begin(), shared_by_number.end(), deny);
    if (landlock::version() < 3) deny(SCMP_SYS(truncate));  // which has no right of its own there
    if (error == 0) error = shut_sockets(filter.get(), reach);
    if (error == 0) error = shut_others(filter.get());
    if (error == 0) error = shut_namespaces(filter.get());
    if (error == 0) error = shut_terminals(filter.get());
    if (error == 0) error = ::seccomp_load(filter.get());
    // A kernel that was built without filters has nothing to load them into.
    if (error != 0 && error != -EINVAL && error != -ENOSYS) return no_sandbox(-error);
    return {};
}

}  // namespace

checked<> enter_sandbox(const proto::worker_reach& reach) {
    if (auto shut = shut_files(reach); !shut) return shut;
    return shut_calls(reach);
}

bool has_file_sandbox() noexcept {
    return landlock::version() > 0;
}

}  // namespace meshhost::plugin
