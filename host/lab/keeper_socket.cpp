// SPDX-License-Identifier: Apache-2.0
#include "lab/keeper_socket.hpp"

#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace meshhost::lab {
namespace {

std::filesystem::path socket_in(const std::filesystem::path& lab_dir) {
    return lab_dir / "keeper.sock";
}

sockaddr_un address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

unique_fd new_socket() {
    return unique_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

bool fits_socket(const std::filesystem::path& path) {
    return path.string().size() < sizeof(sockaddr_un::sun_path);
}

outcome<unique_fd> listen_for_commands(const std::filesystem::path& lab_dir) {
    const auto path = socket_in(lab_dir);
    const auto address = address_of(path);
    unique_fd listener = new_socket();
    const auto* to = reinterpret_cast<const sockaddr*>(&address);
    if (!listener || ::bind(listener.get(), to, sizeof address) != 0
        || ::listen(listener.get(), SOMAXCONN) != 0)
        return failure{
            exit_code::failure,
            "E_LAB_DIR",
            fmt::format("cannot make the socket {}: {}", path.string(), std::strerror(errno)),
            "keep the lab elsewhere: --dir DIR"};
    return listener;
}

outcome<unique_fd> connect_to_keeper(const std::filesystem::path& lab_dir) {
    const auto address = address_of(socket_in(lab_dir));
    unique_fd socket = new_socket();
    const auto* to = reinterpret_cast<const sockaddr*>(&address);
    if (!socket || ::connect(socket.get(), to, sizeof address) != 0)
        return failure{
            exit_code::no_daemon,
            "E_LAB_DOWN",
            fmt::format("the lab in {} does not run any more", lab_dir.string()),
            "clear it away with meshctl lab down, and make another"};
    return socket;
}

}  // namespace meshhost::lab
