// SPDX-License-Identifier: Apache-2.0
// mesh.state/1 as a plugin calls it, and a role that uses it.
#include "bare_instance.hpp"
#include "plugin/proto/limits.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace meshhost;
using namespace meshhost::plugin;
using test::bare_instance;
using test::str;

namespace {

struct keeping {
    explicit keeping(const std::filesystem::path& directory)
        : plugin("{}", directory / "test-0")
        , table(plugin.table<mesh_state_v1>(MESH_EXT_STATE)) {}

    mesh_status put(std::string_view key, std::string_view value) {
        const auto* const data = reinterpret_cast<const std::uint8_t*>(value.data());
        return table.put(plugin.host, str(key), {data, value.size()});
    }
    std::string get(std::string_view key) {
        std::array<std::uint8_t, 64> buffer{};
        std::size_t size = 0;
        const auto status = table.get(plugin.host, str(key), buffer.data(), buffer.size(), &size);
        if (status != MESH_OK) return proto::status_name(status);
        return std::string(as_text(bytes_view(buffer).first(size)));
    }
    std::string keys(std::string_view prefix = "") {
        std::string all;
        std::uint64_t cursor = 0;
        mesh_str key{};
        while (table.next(plugin.host, str(prefix), &cursor, &key) == MESH_OK)
            all += std::string(key.ptr, key.len) + " ";
        return all;
    }
    /// Commits and waits for the end, as the strand does.
    mesh_status commit() {
        mesh_handle operation = 0;
        const auto begun = table.commit(plugin.host, 7, &operation);
        if (begun != MESH_OK) return begun;
        return await(operation);
    }
    mesh_status await(mesh_handle operation) {
        const auto work = plugin.context.queue->wait_until(no_deadline);
        const auto& done = std::get<commit_done>(*work.item);
        CHECK(done.commit == operation);
        CHECK(plugin.context.state.finish(done) == 7);
        return done.status;
    }

    bare_instance plugin;
    const mesh_state_v1& table;
};

}  // namespace

TEST_CASE("state table: what is put is seen, and kept by a commit", "[plugin][state]") {
    const test::temp_dir directory;
    {
        keeping role(directory.path());
        CHECK(role.get("a") == "MESH_E_NOT_FOUND");
        CHECK(role.put("a", "1") == MESH_OK);
        CHECK(role.put("b", "") == MESH_OK);
        CHECK(role.get("a") == "1");
        CHECK(role.get("b").empty());
        CHECK(role.commit() == MESH_OK);
        CHECK(role.put("a", "never committed") == MESH_OK);
        CHECK(role.table.del(role.plugin.host, str("b")) == MESH_OK);
        CHECK(role.get("b") == "MESH_E_NOT_FOUND");
    }
    keeping role(directory.path());
    CHECK(role.get("a") == "1");
    CHECK(role.get("b").empty());
    CHECK(role.keys() == "a b ");
}

TEST_CASE("state table: keys by prefix, also while they go", "[plugin][state]") {
    const test::temp_dir directory;
    keeping role(directory.path());
    for (const char* key : {"jobs/1", "jobs/2", "jobs/3", "k", "jo"})
        REQUIRE(role.put(key, "x") == MESH_OK);
    REQUIRE(role.commit() == MESH_OK);
    REQUIRE(role.put("jobs/25", "x") == MESH_OK);
    REQUIRE(role.table.del(role.plugin.host, str("jobs/1")) == MESH_OK);
    CHECK(role.keys("jobs/") == "jobs/2 jobs/25 jobs/3 ");
    CHECK(role.keys("z").empty());
    std::uint64_t cursor = 0;
    mesh_str key{};
    std::string seen;
    while (role.table.next(role.plugin.host, str("jobs/"), &cursor, &key) == MESH_OK) {
        seen += std::string(key.ptr, key.len) + " ";
        CHECK(role.table.del(role.plugin.host, key) == MESH_OK);
    }
    CHECK(seen == "jobs/2 jobs/25 jobs/3 ");
    CHECK(role.keys("jobs/").empty());
    cursor = 4711;
    CHECK(role.table.next(role.plugin.host, str(""), &cursor, &key) == MESH_E_INVALID);
}

TEST_CASE("state table: limits are kept and said", "[plugin][state]") {
    const test::temp_dir directory;
    keeping role(directory.path());
    CHECK(role.put("", "x") == MESH_E_INVALID);
    CHECK(role.put(std::string(proto::state_key_max + 1, 'k'), "x") == MESH_E_INVALID);
    CHECK(role.put("k", std::string(proto::state_value_max + 1, 'x')) == MESH_E_TOO_LARGE);
    CHECK(role.put("k", std::string(100, 'x')) == MESH_OK);
    CHECK(role.get("k") == "MESH_E_TOO_LARGE");  // the buffer has 64 bytes
    const std::string half(proto::state_value_max / 2, 'x');
    std::size_t kept = 0;
    mesh_status status = MESH_OK;
    for (; status == MESH_OK; ++kept) {
        status = role.put("key" + std::to_string(kept), half);
        if (status == MESH_OK && kept % 4 == 3) REQUIRE(role.commit() == MESH_OK);
    }
    CHECK(status == MESH_E_BUDGET);
    CHECK(kept == 8);  // the eighth half MiB does not fit into 4 MiB beside the rest
    CHECK(role.plugin.last_error().find("granted") != std::string::npos);
    CHECK(role.table.del(role.plugin.host, str("key0")) == MESH_OK);
    CHECK(role.put("again", half) == MESH_OK);
    CHECK(role.commit() == MESH_OK);
}

TEST_CASE("state table: one commit is staged for so long", "[plugin][state]") {
    const test::temp_dir directory;
    keeping role(directory.path());
    for (std::size_t i = 0; i < proto::state_staged_max; ++i)
        REQUIRE(role.table.del(role.plugin.host, str("k" + std::to_string(i))) == MESH_OK);
    CHECK(role.put("one more", "x") == MESH_E_BUDGET);
    CHECK(role.commit() == MESH_OK);
    CHECK(role.put("one more", "x") == MESH_OK);
}

TEST_CASE("state table: a commit that fails changes nothing", "[plugin][state]") {
    const test::temp_dir directory;
    keeping role(directory.path());
    REQUIRE(role.put("a", "old") == MESH_OK);
    REQUIRE(role.commit() == MESH_OK);
    REQUIRE(role.put("a", "new") == MESH_OK);
    mesh_handle operation = 0;
    REQUIRE(role.table.commit(role.plugin.host, 7, &operation) == MESH_OK);
    const auto work = role.plugin.context.queue->wait_until(no_deadline);
    auto done = std::get<commit_done>(*work.item);
    done.status = MESH_E_IO;  // as if the disk had been full; the file has it all the same
    CHECK(role.plugin.context.state.finish(done) == 7);
    CHECK_FALSE(role.plugin.context.state.finish(done));  // once
}

TEST_CASE("state table: the directory is the instance's alone", "[plugin][state]") {
    const test::temp_dir directory;
    keeping role(directory.path() / "not" / "there");
    mesh_str path{};
    CHECK(role.table.dir(role.plugin.host, &path) == MESH_OK);
    struct stat found {};
    REQUIRE(::stat(std::string(path.ptr, path.len).c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0700);
    CHECK(role.table.dir(role.plugin.host, nullptr) == MESH_E_INVALID);

    const bare_instance without;
    const auto& table = without.table<mesh_state_v1>(MESH_EXT_STATE);
    CHECK(table.dir(without.host, &path) == MESH_E_IO);
    CHECK(table.commit(without.host, 1, nullptr) == MESH_E_IO);
}

TEST_CASE("state table: a damaged file is set aside and told of", "[plugin][state]") {
    const test::temp_dir directory;
    std::filesystem::create_directory(directory.path() / "test-0");
    std::ofstream(directory.path() / "test-0" / "state.db") << std::string(5000, 'x');
    keeping role(directory.path());
    CHECK(role.get("a") == "MESH_E_NOT_FOUND");
    const auto& said = static_cast<test::recording_uplink&>(*role.plugin.context.link).said;
    REQUIRE(said.size() == 1);
    const auto& fault = std::get<proto::up::faulted>(said.front());
    CHECK(fault.code == "MP315");
    CHECK(fault.text.find("state.db.damaged-1") != std::string::npos);
    CHECK(std::filesystem::exists(directory.path() / "test-0" / "state.db.damaged-1"));
    CHECK(role.put("a", "1") == MESH_OK);
    CHECK(role.commit() == MESH_OK);
}

TEST_CASE("state: a role finds again what it kept", "[plugin][state]") {
    const bool is_isolated = GENERATE(false, true);
    const test::temp_dir directory;
    for (std::int64_t boot = 1; boot <= 3; ++boot) {
        test::plugin_bench bench(is_isolated);
        bench.settings.state_directory = directory.path();
        bench.run(test::test_plugin("keeper"));
        CHECK(bench.until_value("keeper.boots", boot));
        CHECK(bench.stop() == 0);
        CHECK(bench.errors.empty());
    }
}

TEST_CASE("state: new code goes on with the file that is open", "[plugin][state]") {
    test::plugin_bench bench(GENERATE(false, true));
    bench.run(test::test_plugin("keeper"));
    REQUIRE(bench.until_value("keeper.boots", std::int64_t{1}));
    const auto log = bench.state_directory.path() / "keeper-0" / "state.db-wal";
    const auto inode = [&log] {
        struct stat found {};
        return ::stat(log.c_str(), &found) == 0 ? found.st_ino : 0;
    };
    const auto before = inode();
    REQUIRE(before != 0);
    bool is_swapped = false;
    REQUIRE(bench.manager().reload("keeper-0", test::test_plugin("keeper"), [&](const auto& how) {
        is_swapped = static_cast<bool>(how);
    }));
    CHECK(bench.until_value("keeper.boots", std::int64_t{2}));
    CHECK(bench.until([&] { return is_swapped; }));
    CHECK(inode() == before);  // whoever closes the file last waits for the disk, and deletes it
    CHECK(bench.stop() == 0);
    CHECK(bench.errors.empty());
    CHECK(inode() == 0);
}
