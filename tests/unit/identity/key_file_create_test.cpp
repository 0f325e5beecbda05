// SPDX-License-Identifier: Apache-2.0
// Making a key file: whole or not at all, private, never over another, and one for all comers.
#include "base/unique_fd.hpp"
#include "key_file_support.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <functional>

using namespace meshhost;
using namespace meshhost::test;
using identity::claim_key_file;
using identity::create_key_file;
using identity::load_key_file;
using identity::load_or_create_key_file;
using identity::secret_key;

namespace {

secret_key sample_key() {
    return secret_key::from_seed(from_hex(seed_hex).value());
}

/// Runs `body` in a child process; its exit status.
int in_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("key_file: a new key is one private line, whatever the umask", "[identity][key_file]") {
    for (const mode_t mask : {0000u, 0022u, 0777u}) {
        const temp_dir dir;
        const umask_scope scope(mask);
        CAPTURE(mask);
        REQUIRE(create_key_file(dir / "key", sample_key()).has_value());
        CHECK(content_of(dir / "key") == seed_hex + "\n");
        CHECK(mode_of(dir / "key") == 0600);
        CHECK(entries_in(dir.path()) == 1);
        CHECK(load_key_file(dir / "key").value().id() == sample_key().id());
    }
}

TEST_CASE("key_file: missing parents are made, for the owner alone", "[identity][key_file]") {
    for (const mode_t mask : {0000u, 0777u}) {
        const temp_dir dir;
        const umask_scope scope(mask);
        CAPTURE(mask);
        REQUIRE(create_key_file(dir / "a" / "b" / "key", sample_key()).has_value());
        CHECK(mode_of(dir / "a") == 0700);
        CHECK(mode_of(dir / "a" / "b") == 0700);
        CHECK(mode_of(dir.path()) == 0700);
    }
}

TEST_CASE("key_file: what is already there is never overwritten", "[identity][key_file]") {
    const temp_dir dir;
    write_file(dir / "file", "precious");
    std::filesystem::create_symlink(dir / "elsewhere", dir / "dangling");
    std::filesystem::create_directory(dir / "directory");
    for (const auto* name : {"file", "dangling", "directory"}) {
        CAPTURE(name);
        const auto created = create_key_file(dir / name, sample_key());
        REQUIRE_FALSE(created);
        CHECK(created.error().code == "E_KEY_EXISTS");
    }
    CHECK(content_of(dir / "file") == "precious");
    CHECK_FALSE(std::filesystem::exists(dir / "elsewhere"));
    CHECK(entries_in(dir.path()) == 3);
}

TEST_CASE("key_file: a directory that may not be written to is a clear error", "[identity]") {
    const temp_dir dir;
    REQUIRE(::chmod(dir.path().c_str(), 0555) == 0);
    {
        const without_privileges spell;
        const auto file = dir / "key";
        const auto created = create_key_file(file, sample_key());
        REQUIRE_FALSE(created);
        CHECK(created.error().code == "E_KEY_IO");
        CHECK(
            created.error().message
            == "cannot create key file " + file.string() + ": Permission denied"
        );
        const auto below = create_key_file(dir / "sub" / "key", sample_key());
        REQUIRE_FALSE(below);
        CHECK(below.error().code == "E_KEY_IO");
    }
    CHECK(entries_in(dir.path()) == 0);
}

TEST_CASE("key_file: a parent that is a file is a clear error", "[identity][key_file]") {
    const temp_dir dir;
    write_file(dir / "file", "");
    const auto created = create_key_file(dir / "file" / "key", sample_key());
    REQUIRE_FALSE(created);
    CHECK(created.error().code == "E_KEY_IO");
    const auto loaded = load_or_create_key_file(dir / "file" / "key");
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == "E_KEY_IO");
}

TEST_CASE("key_file: no key is made where everybody may write", "[identity][key_file]") {
    const temp_dir dir;
    REQUIRE(::chmod(dir.path().c_str(), 0777) == 0);
    const auto created = create_key_file(dir / "key", sample_key());
    REQUIRE_FALSE(created);
    CHECK(created.error().code == "E_KEY_PERMISSIONS");
    CHECK(entries_in(dir.path()) == 0);
}

TEST_CASE("key_file: a disk that fills up half way leaves nothing behind", "[identity]") {
    const temp_dir dir;
    const int status = in_child([&] {
        // The kernel takes ten bytes of the key, then no more: a full disk as write(2) shows it.
        const rlimit ten_bytes{10, 10};
        if (::setrlimit(RLIMIT_FSIZE, &ten_bytes) != 0) return 2;
        std::signal(SIGXFSZ, SIG_IGN);
        const auto created = create_key_file(dir / "key", sample_key());
        return created.has_error() && created.error().code == "E_KEY_IO" ? 0 : 1;
    });
    CHECK(status == 0);
    CHECK(entries_in(dir.path()) == 0);
}

TEST_CASE("key_file: one claim at a time, and none that outlives its holder", "[identity]") {
    const temp_dir dir;
    REQUIRE(create_key_file(dir / "key", sample_key()));
    {
        const auto first = claim_key_file(dir / "key");
        REQUIRE(first);
        const auto second = claim_key_file(dir / "key");
        REQUIRE_FALSE(second);
        CHECK(second.error().code == "E_KEY_IN_USE");
    }
    CHECK(claim_key_file(dir / "key"));
}

TEST_CASE("key_file: the first start makes a key, the next ones load it", "[identity][key_file]") {
    const temp_dir dir;
    const auto first = load_or_create_key_file(dir / "state" / "key");
    REQUIRE(first);
    CHECK(first->created);
    const auto second = load_or_create_key_file(dir / "state" / "key");
    REQUIRE(second);
    CHECK_FALSE(second->created);
    CHECK(first->key.id() == second->key.id());
}

TEST_CASE("key_file: no key is made in the place of one that is refused", "[identity]") {
    const temp_dir dir;
    const auto damaged = load_or_create_key_file(write_file(dir / "damaged", "oops"));
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code == "E_KEY_DAMAGED");
    CHECK(content_of(dir / "damaged") == "oops");

    const auto exposed = load_or_create_key_file(write_file(dir / "exposed", seed_hex, 0644));
    REQUIRE_FALSE(exposed);
    CHECK(exposed.error().code == "E_KEY_PERMISSIONS");

    std::filesystem::create_symlink(dir / "elsewhere", dir / "dangling");
    const auto link = load_or_create_key_file(dir / "dangling");
    REQUIRE_FALSE(link);
    CHECK(link.error().code == "E_KEY_PERMISSIONS");
    CHECK_FALSE(std::filesystem::exists(dir / "elsewhere"));
}

namespace {

/// What a racer reports: its id, and whether it made the key.
using report = std::array<std::uint8_t, 33>;

/// Waits for the start (the end of `start`), then loads or makes the key, and reports.
int race_for(const std::filesystem::path& file, int start, int results) {
    char none = 0;
    if (::read(start, &none, 1) != 0) return 1;
    const auto source = load_or_create_key_file(file);
    if (!source) return 2;
    report mine{};
    const bytes_view id = source->key.id().bytes();
    std::copy(id.begin(), id.end(), mine.begin());
    mine.back() = source->created ? 1 : 0;
    return ::write(results, mine.data(), mine.size()) == static_cast<ssize_t>(mine.size()) ? 0 : 3;
}

struct pipe_ends {
    unique_fd read;
    unique_fd write;
};

pipe_ends make_pipe() {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

}  // namespace

TEST_CASE("key_file: processes that start at once end with the same key", "[identity][key_file]") {
    constexpr int racers = 12;
    for (int round = 0; round < 20; ++round) {
        const temp_dir dir;
        pipe_ends start = make_pipe();
        const pipe_ends results = make_pipe();
        std::vector<pid_t> children;
        for (int racer = 0; racer < racers; ++racer) {
            children.push_back(::fork());
            if (children.back() != 0) continue;
            start.write = unique_fd();
            ::_exit(race_for(dir / "new" / "key", start.read.get(), results.write.get()));
        }
        start.write = unique_fd();  // they are off

        std::optional<secret_key> on_disk;
        int created = 0;
        for (const pid_t child : children) {
            int status = 0;
            REQUIRE(::waitpid(child, &status, 0) == child);
            REQUIRE(status == 0);
            report theirs{};
            REQUIRE(
                ::read(results.read.get(), theirs.data(), theirs.size()) == ssize_t{theirs.size()}
            );
            if (!on_disk) on_disk = load_key_file(dir / "new" / "key").value();
            CHECK(to_hex(bytes_view(theirs).first(32)) == on_disk->id().to_hex());
            created += theirs.back();
        }
        CHECK(created == 1);
        CHECK(entries_in(dir / "new") == 1);
    }
}
