// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tells on standard error what is done to a lab, as it is done.
#include "ctl/commands/lab_options.hpp"
#include "lab/chaos.hpp"

namespace meshhost::ctl {

class narrator final : public lab::chaos_observer {
public:
    narrator(const console& out, std::size_t expected)
        : shown_(out)
        , expected_(expected) {}

    void on_deed(const std::string& what) override { shown_.say(what); }
    void on_verdict(const lab::model::verdict&) override {
        shown_.show("expectations decided", ++decided_, expected_);
    }

    lab_progress& shown() noexcept { return shown_; }

private:
    lab_progress shown_;
    std::size_t expected_;
    std::size_t decided_ = 0;
};

}  // namespace meshhost::ctl
