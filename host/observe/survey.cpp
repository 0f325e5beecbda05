// SPDX-License-Identifier: Apache-2.0
#include "observe/survey.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

std::string text_at(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

}  // namespace

survey::survey(
    net::shard& shard,
    const admin::host_view& view,
    introspect::asker& asker,
    admin::mesh_question question,
    std::string key
)
    : shard_(shard)
    , view_(view)
    , key_(std::move(key))
    , answers_(shard, view, asker, std::move(question))
    , timer_(shard, *this) {}

survey::~survey() {
    if (reader_) reader_->stop();
}

bool survey::ask(taker take) {
    if (takers_.size() >= takers_max) return false;
    takers_.push_back(std::move(take));
    if (takers_.size() > 1) return true;
    errors_.clear();
    reader_ = std::make_shared<line_reader>(
        [this](const json::object& line) { on_line(line); },
        [this] { timer_.arm(shard_.now()); }
    );
    timer_.arm(shard_.now() + answer_limit);
    answers_.on_request({"GET", "", "", {}}, reader_);
    return true;
}

void survey::on_line(const json::object& line) {
    const auto id = text_at(line, "id");
    if (id.empty()) return;
    if (const auto* error = line.if_contains("error"); error != nullptr && error->is_object()) {
        errors_[id] = text_at(error->get_object(), "message");
        return;
    }
    const auto* answer = line.if_contains(key_);
    if (answer == nullptr) return;
    if (!kept_.contains(id) && kept_.size() >= kept_max) return;
    kept_[id] = {text_at(line, "name"), json::serialize(*answer)};
    errors_[id].clear();
}

void survey::on_deadline(time_point) {
    reader_->stop();
    tell();
}

void survey::tell() {
    const auto all = answers();
    for (const auto& take : std::exchange(takers_, {}))
        take(all);
}

json::array survey::answers() const {
    json::array all;
    const auto add = [&](const std::string& id, const std::string& name, const std::string& missing
                     ) {
        const auto known = kept_.find(id);
        const bool is_known = known != kept_.end();
        const auto error = errors_.find(id);
        const std::string why = error != errors_.end() ? error->second : missing;
        all.push_back(json::object{
            {"id", id},
            {"name", name.empty() && is_known ? known->second.name : name},
            {key_, is_known ? json::parse(known->second.answer) : json::value()},
            {"error", why.empty() ? json::value() : json::value(why)}});
    };
    const auto self = view_.node();
    add(self.id, self.name, "");
    for (const auto& peer : view_.peers())
        add(peer.id,
            peer.name,
            peer.evidence.empty() ? peer.state : peer.state + ": " + peer.evidence);
    return all;
}

}  // namespace meshhost::observe
