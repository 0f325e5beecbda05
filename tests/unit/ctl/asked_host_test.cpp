// SPDX-License-Identifier: Apache-2.0
#include "ctl/asked_host.hpp"
#include "lab/lab_dir.hpp"
#include "lab/process.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <unistd.h>

using namespace meshhost;

namespace {

/// A user's directories, with labs in them.
struct stage {
    stage() { around.environment = {{"XDG_RUNTIME_DIR", dir.path().string()}}; }
    /// One whose hosts are this process, or no more.
    void add_lab(const std::string& name, bool runs, bool has_observer = true) {
        lab::model::lab_record record;
        record.name = name;
        record.dir = lab::labs_dir(around) / name;
        record.nodes.resize(1);
        record.nodes[0].name = "broker-01";
        record.nodes[0].id = std::string(64, 'a');
        if (runs) record.nodes[0].process = *lab::name_process(::getpid());
        if (has_observer) {
            record.observer.emplace().name = "observer";
            record.observer->id = std::string(64, 'b');
        }
        REQUIRE(lab::create_lab_dir(record.dir));
        REQUIRE(lab::save_lab(record));
    }
    std::string hint(const ctl::global_options& options = {}) const {
        const failure nobody{
            exit_code::no_daemon,
            "E_NO_DAEMON",
            "no meshhost answers",
            "start one"};
        const auto told = ctl::with_labs_named(nobody, options, around);
        CHECK(told.message == nobody.message);
        return told.hint;
    }

    test::temp_dir dir;
    config::surroundings around;
};

ctl::global_options of_lab(std::string name) {
    ctl::global_options options;
    options.lab = std::move(name);
    return options;
}

}  // namespace

TEST_CASE("ctl: who finds no host is told of the labs that run", "[ctl]") {
    stage s;
    CHECK(s.hint() == "start one");
    s.add_lab("ended", false);
    s.add_lab("hosts-alone", true, false);
    CHECK(s.hint() == "start one");
    s.add_lab("lab-42", true);
    CHECK(s.hint() == "the lab lab-42 runs here: --lab lab-42 asks its observer; or start one");
    s.add_lab("lab-43", true);
    CHECK(
        s.hint() == "labs run here: --lab NAME asks the observer of lab-42, lab-43; or start one"
    );
    ctl::global_options other;
    other.instance = "second";
    CHECK(s.hint(other) == "start one");
    const failure late{exit_code::timeout, "E_TIMEOUT", "no answer", "wait"};
    CHECK(ctl::with_labs_named(late, {}, s.around).hint == "wait");
}

TEST_CASE("ctl: the observer of a lab is asked by the lab's name", "[ctl]") {
    stage s;
    s.add_lab("lab-42", true);
    s.add_lab("hosts-alone", true, false);
    const auto found = ctl::sockets_to_try(of_lab("lab-42"), s.around);
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 1);
    CHECK(found->front() == lab::labs_dir(s.around) / "lab-42" / "observer.sock");
    CHECK(ctl::sockets_to_try(of_lab("hosts-alone"), s.around).error().code == "E_NO_DASHBOARD");
    CHECK(ctl::sockets_to_try(of_lab("lab-4"), s.around).error().code == "E_NO_LAB");
}
