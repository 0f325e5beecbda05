// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/picture_changes.hpp"

#include "observe/proto/packed_picture.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

constexpr char mesh_line = 'm';
constexpr char node_line = 'n';
constexpr char edge_line = 'e';
constexpr std::string_view id_first = R"({"id":")";  ///< so begins every node and every edge

void merge(json::object& into, const json::object& changed) {
    for (const auto& [key, value] : changed)
        into[key] = value;
}

std::string_view id_of(std::string_view object) {
    if (!object.starts_with(id_first)) return {};
    object.remove_prefix(id_first.size());
    return object.substr(0, object.find('"'));
}

std::string with(std::string_view object, const json::object& changed) {
    json::monotonic_resource scratch;
    auto whole = json::parse(object, &scratch);  // of our own making
    merge(whole.as_object(), changed);
    return json::serialize(whole);
}

}  // namespace

void picture_changes::add(const json::array& ops) {
    for (const auto& each : ops) {
        const auto* op = each.if_array();
        if (op != nullptr && op->size() > 1 && op->front().is_string())
            add_one(op->front().get_string(), *op);
    }
}

void picture_changes::add_one(std::string_view what, const json::array& op) {
    const auto& first = op[1];
    if (what == "m~" && first.is_object()) return merge(mesh_, first.get_object());
    if (what.size() != 2 || (what[0] != 'n' && what[0] != 'e')) return;
    auto& all = what[0] == 'n' ? nodes_ : edges_;
    if (what[1] == '+' && first.is_object()) {
        const auto& added = first.get_object();
        const auto* id = added.if_contains("id");
        if (id != nullptr && id->is_string())
            all[std::string(id->get_string())] = {outcome::added, added};
    }
    if (!first.is_string()) return;
    auto& held = all[std::string(first.get_string())];
    if (what[1] == '-') held = {outcome::gone, {}};
    if (what[1] == '~' && held.is != outcome::gone && op.size() > 2 && op[2].is_object())
        merge(held.object, op[2].get_object());
}

void write_lines(const packed_picture& from, const text_taker& take) {
    const auto line = [&](char letter, std::string_view text) {
        take(std::string_view(&letter, 1));
        take(text);
        take("\n");
    };
    line(mesh_line, from.mesh_text());
    from.for_each_node([&](const auto&, std::string_view text) { line(node_line, text); });
    from.for_each_edge([&](const auto&, std::string_view text) { line(edge_line, text); });
}

picture_overlay::picture_overlay(const picture_changes& changes, const text_taker& take)
    : changes_(changes)
    , take_(take)
    , table_(&changes.nodes_)
    , next_(table_->begin()) {}

void picture_overlay::line(std::string_view text) {
    if (text.empty()) return;
    const char letter = text.front();
    text.remove_prefix(1);
    if (letter == mesh_line) {
        take_(R"("mesh":)");
        take_(changes_.mesh_.empty() ? text : with(text, changes_.mesh_));
        take_(R"(,"nodes":[)");
        return;
    }
    if (letter == edge_line && table_ == &changes_.nodes_) begin_edges();
    object(text);
}

void picture_overlay::finish() {
    if (table_ == &changes_.nodes_) begin_edges();
    add_new(table_->end());
    take_("]");
}

void picture_overlay::begin_edges() {
    add_new(table_->end());
    take_(R"(],"edges":[)");
    table_ = &changes_.edges_;
    next_ = table_->begin();
    is_first_ = true;
}

void picture_overlay::object(std::string_view text) {
    using outcome = picture_changes::outcome;
    const auto id = id_of(text);
    add_new(table_->lower_bound(id));
    if (next_ == table_->end() || next_->first != id) return write(text);
    const auto& change = (next_++)->second;
    if (change.is == outcome::added) write(json::serialize(change.object));
    if (change.is == outcome::changed) write(with(text, change.object));
}

/// Those that the picture did not have.
void picture_overlay::add_new(picture_changes::table::const_iterator end) {
    for (; next_ != end; ++next_)
        if (next_->second.is == picture_changes::outcome::added)
            write(json::serialize(next_->second.object));
}

void picture_overlay::write(std::string_view json) {
    if (!std::exchange(is_first_, false)) take_(",");
    take_(json);
}

}  // namespace meshhost::observe::proto
