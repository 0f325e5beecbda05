// SPDX-License-Identifier: Apache-2.0
// Loading a key file: what is accepted, and every refusal.
#include "key_file_support.hpp"

#include <sys/socket.h>
#include <sys/un.h>

using namespace meshhost;
using namespace meshhost::test;
using identity::load_key_file;

namespace {

/// Expects a refusal with this code, whose message names the file.
std::string refusal(const std::filesystem::path& path, std::string_view code) {
    const auto key = load_key_file(path);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == code);
    CHECK_FALSE(key.error().hint.empty());
    CHECK(key.error().message.find('\n') == std::string::npos);
    return key.error().message;
}

}  // namespace

TEST_CASE("key_file: a key is loaded, with its newline or without", "[identity][key_file]") {
    const temp_dir dir;
    for (const auto& content : {seed_hex + "\n", seed_hex}) {
        const auto key = load_key_file(write_file(dir / "key", content));
        REQUIRE(key);
        CHECK(key->id().to_hex() == seed_id);
    }
    CHECK(load_key_file(write_file(dir / "read-only", seed_hex, 0400)).has_value());
}

TEST_CASE("key_file: a key that is not there is missing, with the path", "[identity]") {
    const temp_dir dir;
    const auto file = dir / "key";
    CHECK(refusal(file, "E_KEY_MISSING") == "no key file at " + file.string());
    CHECK(load_key_file(file).error().exit == exit_code::unreachable);
    refusal(dir / "no-such-directory" / "key", "E_KEY_MISSING");
}

TEST_CASE("key_file: a key that others may read or write is refused", "[identity][key_file]") {
    const temp_dir dir;
    for (const mode_t mode : {0640u, 0604u, 0620u, 0602u, 0610u, 0644u, 0666u, 0777u}) {
        const auto file = write_file(dir / "key", seed_hex, mode);
        const std::string message = refusal(file, "E_KEY_PERMISSIONS");
        CAPTURE(mode);
        CHECK(load_key_file(file).error().exit == exit_code::not_permitted);
        CHECK(mode_of(file) == mode);
        CHECK(content_of(file) == seed_hex);
    }
    const auto file = write_file(dir / "key", seed_hex, 0640);
    CHECK(
        refusal(file, "E_KEY_PERMISSIONS")
        == "key file " + file.string() + " is open to other users (mode 0640)"
    );
    CHECK(load_key_file(file).error().hint.find("chmod 600 " + file.string()) == 0);
}

TEST_CASE("key_file: a symbolic link is refused, wherever it points", "[identity][key_file]") {
    const temp_dir dir;
    write_file(dir / "key", seed_hex);
    std::filesystem::create_symlink(dir / "key", dir / "link");
    std::filesystem::create_symlink(dir / "nowhere", dir / "dangling");
    refusal(dir / "link", "E_KEY_PERMISSIONS");
    refusal(dir / "dangling", "E_KEY_PERMISSIONS");
}

TEST_CASE("key_file: a key of another user is refused", "[identity][key_file]") {
    if (::geteuid() != 0) {
        WARN("not checked: only root can give a file away");
        return;
    }
    const temp_dir dir;
    const auto file = write_file(dir / "key", seed_hex);
    REQUIRE(::chown(file.c_str(), nobody, nobody) == 0);
    CHECK(
        refusal(file, "E_KEY_PERMISSIONS")
        == "key file " + file.string() + " belongs to user 65534, not to user 0, who runs this"
    );
}

TEST_CASE("key_file: a key that this user may not read is refused", "[identity][key_file]") {
    const temp_dir dir;
    REQUIRE(::chmod(dir.path().c_str(), 0711) == 0);
    const auto file = write_file(dir / "key", seed_hex, 0000);
    const without_privileges spell;
    refusal(file, "E_KEY_PERMISSIONS");
}

TEST_CASE("key_file: a directory that everybody may write to is no place for a key", "[identity]") {
    const temp_dir dir;
    const auto file = write_file(dir / "key", seed_hex);
    REQUIRE(::chmod(dir.path().c_str(), 0777) == 0);
    CHECK(
        refusal(file, "E_KEY_PERMISSIONS")
        == "directory " + dir.path().string() + " is writable by everybody: no place for a key"
    );
    REQUIRE(::chmod(dir.path().c_str(), 01777) == 0);
    CHECK(load_key_file(file).has_value());
}

TEST_CASE("key_file: only a regular file is read, and nothing is waited for", "[identity]") {
    const temp_dir dir;
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    std::filesystem::create_directory(dir / "directory");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string socket_path = (dir / "socket").string();
    REQUIRE(socket_path.size() < sizeof address.sun_path);
    socket_path.copy(address.sun_path, socket_path.size());
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);

    const auto ends_with = [](const std::string& message, std::string_view end) {
        CAPTURE(message);
        CHECK(message.ends_with(end));
    };
    ends_with(refusal(dir / "fifo", "E_KEY_DAMAGED"), "is a FIFO, not a regular file");
    ends_with(refusal(dir / "directory", "E_KEY_DAMAGED"), "is a directory, not a regular file");
    ends_with(refusal(dir / "directory/", "E_KEY_DAMAGED"), "is a directory, not a regular file");
    ends_with(refusal(dir / "socket", "E_KEY_DAMAGED"), "not a regular file");
    ends_with(refusal("/dev/null", "E_KEY_DAMAGED"), "is a device, not a regular file");
    ::close(listener);
}

TEST_CASE("key_file: a damaged key is refused, named, and left alone", "[identity][key_file]") {
    struct {
        std::string content;
        std::string_view says;
    } const samples[] = {
        {"", "is empty"},
        {"\n", "has 0 digits instead of 64"},
        {seed_hex.substr(0, 63), "has 63 digits instead of 64"},
        {seed_hex.substr(0, 32) + "\n", "has 32 digits instead of 64"},
        {seed_hex + "0", "has 65 digits instead of 64"},
        {seed_hex + "\n\n", "has more in it than a key"},
        {seed_hex + "\r\n", "has more in it than a key"},
        {std::string(65'536, 'a'), "has more in it than a key"},
        {"x" + seed_hex.substr(1), "is not hexadecimal at character 1"},
        {seed_hex.substr(0, 63) + " ", "is not hexadecimal at character 64"},
        {std::string(64, '\0'), "is not hexadecimal at character 1"},
    };
    const temp_dir dir;
    for (const auto& sample : samples) {
        CAPTURE(sample.says);
        const auto file = write_file(dir / "key", sample.content);
        CHECK(
            refusal(file, "E_KEY_DAMAGED")
            == "key file " + file.string() + " " + std::string(sample.says)
        );
        CHECK(load_key_file(file).error().exit == exit_code::invalid);
        CHECK(content_of(file) == sample.content);
    }
}
