// SPDX-License-Identifier: Apache-2.0
#include "observe/survey.hpp"

#include "observe/proto/fields.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <set>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr std::size_t words_max = 200;  ///< bytes of an error

std::string quoted(const std::string& text) {
    return json::serialize(json::string(text));
}

}  // namespace

survey::survey(
    net::shard& shard,
    const admin::host_view& view,
    introspect::asker& asker,
    admin::mesh_question question,
    extractor wanted
)
    : shard_(shard)
    , view_(view)
    , wanted_(std::move(wanted))
    , answers_(shard, view, asker, std::move(question))
    , timer_(shard, *this) {}

survey::~survey() {
    if (reader_) reader_->stop();
}

bool survey::ask(const taker& take) {
    if (takers_.empty() && shard_.now() < fresh_until_) {
        take(last_);
        return true;
    }
    if (takers_.size() >= takers_max) return false;
    takers_.push_back(take);
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
    const auto id = proto::text_at(line, "id");
    if (id.empty()) return;
    if (const auto* error = proto::object_at(line, "error")) {
        errors_[id] = proto::text_at(*error, "message", words_max);
        return;
    }
    auto answer = json::serialize(wanted_.find(line));
    const auto known = kept_.find(id);
    const std::size_t before = known == kept_.end() ? 0 : known->second.answer.size();
    const bool fits = (known != kept_.end() || kept_.size() < kept_max)
                      && kept_bytes_ - before + answer.size() <= kept_bytes_max;
    if (!fits) {
        errors_[id] = "there is no room for more answers";
        return;
    }
    errors_[id] = answer == "null" ? "it keeps no record" : "";
    kept_bytes_ += answer.size() - before;
    kept_[id] = {proto::text_at(line, "name"), std::move(answer)};
}

void survey::on_deadline(time_point now) {
    reader_->stop();
    forget_gone();
    last_ = std::make_shared<const std::string>(answers());
    fresh_until_ = now + fresh_for;
    for (const auto& take : std::exchange(takers_, {}))
        take(last_);
}

void survey::for_each_kept(const visitor& visit) const {
    for (const auto& [id, of] : kept_)
        visit(id, of.name, of.answer);
}

const std::string* survey::find_kept(const std::string& id) const {
    const auto known = kept_.find(id);
    return known == kept_.end() ? nullptr : &known->second.answer;
}

void survey::forget_gone() {
    std::set<std::string> present{view_.node().id};
    for (const auto& peer : view_.peers())
        present.insert(peer.id);
    std::erase_if(kept_, [&](const auto& each) {
        const bool is_gone = !present.contains(each.first);
        if (is_gone) kept_bytes_ -= each.second.answer.size();
        return is_gone;
    });
}

std::string survey::answers() const {
    static const std::string none;
    std::string all = "[";
    const auto others = elsewhere_.nodes ? elsewhere_.nodes() : std::vector<elsewhere::node>();
    std::set<std::string> told_ids;
    const auto add = [&](const std::string& id, const std::string& name, const std::string& missing
                     ) {
        const auto known = kept_.find(id);
        const bool is_known = known != kept_.end();
        const auto error = errors_.find(id);
        const std::string& why = error != errors_.end() ? error->second : missing;
        const bool is_kept = is_known && known->second.answer != "null";
        const std::string& said = is_kept ? known->second.answer : none;
        const auto better =
            elsewhere_.find ? elsewhere_.find(id, said, is_known && why.empty()) : std::string();
        told_ids.insert(id);
        all += fmt::format(
            R"({}{{"id":{},"name":{},{}:{},"error":{}}})",
            all.size() > 1 ? "," : "",
            quoted(id),
            quoted(name.empty() && is_known ? known->second.name : name),
            quoted(wanted_.key),
            !better.empty() ? better
            : is_kept       ? said
                            : "null",
            why.empty() ? "null" : quoted(why)
        );
    };
    const auto self = view_.node();
    add(self.id, self.name, "");
    for (const auto& peer : view_.peers())
        add(peer.id,
            peer.name,
            peer.evidence.empty() ? peer.state : peer.state + ": " + peer.evidence);
    for (const auto& other : others)
        if (!told_ids.contains(other.id)) add(other.id, other.name, "");
    return all + "]";
}

}  // namespace meshhost::observe
