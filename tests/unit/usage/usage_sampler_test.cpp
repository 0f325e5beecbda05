// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/loop.hpp"
#include "usage/usage_sampler.hpp"

#include <string>
#include <vector>

using namespace meshhost;

namespace {

struct listener final : usage::usage_sink {
    void on_usage(time_point, const usage::proto::usage& used, const usage::proto::budget& budget)
        override {
        last = used;
        allowed = budget;
        ++looks;
    }
    void on_budget_news(const char* kind, const usage::proto::budget_news& what) override {
        news.push_back(std::string(kind) + (what.is_over ? " over" : " back"));
    }
    int looks = 0;
    usage::proto::usage last;
    usage::proto::budget allowed;
    std::vector<std::string> news;
};

}  // namespace

TEST_CASE("usage sampler: looks at its start, and again by itself", "[usage]") {
    net::shard shard;
    listener heard;
    usage::usage_sampler sampler(shard, heard, {250, 0});
    CHECK(heard.looks == 0);
    sampler.start();
    CHECK(heard.looks == 1);
    CHECK(heard.last.rss_bytes > 0);
    CHECK(heard.last.descriptors > 0);
    CHECK(heard.last.threads > 0);
    CHECK(heard.allowed.source == usage::proto::budget_source::config);
    CHECK(test::run_until(shard, [&] { return heard.looks == 2; }));
}

TEST_CASE("usage sampler: more memory than allowed is news after ten seconds, once", "[usage]") {
    net::shard shard;
    listener heard;
    usage::usage_sampler sampler(shard, heard, {0, 1});
    for (time_point now = shard.now(); now < shard.now() + 1min; now += 2s)
        sampler.look(now);
    CHECK(heard.news == std::vector<std::string>{"memory over"});
    CHECK(sampler.is_over_budget());
}
