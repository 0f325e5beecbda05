// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/packed_picture.hpp"

#include "observe/proto/fields.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <functional>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

/// Of an object that was as `before` says. Objects of a schema always have the same keys, so that
/// none has to be taken away. Empty: the same.
json::object changed_fields(const std::string& before, const json::object& now) {
    const auto was = json::parse(before);  // of our own making
    json::object changed;
    for (const auto& [key, value] : now) {
        const auto* field = was.get_object().if_contains(key);
        if (field == nullptr || *field != value) changed[key] = value;
    }
    return changed;
}

std::string quoted(const std::string& text) {
    return json::serialize(json::string(text));
}

}  // namespace

void packed_picture::begin() {
    ++round_;
    ops_ = {};
    links_.clear();
}

void packed_picture::mesh(const json::object& all) {
    auto text = json::serialize(all);
    if (text == mesh_) return;
    const auto changed = changed_fields(mesh_, all);
    if (!changed.empty()) add_op(fmt::format(R"(["m~",{}])", json::serialize(changed)));
    mesh_ = std::move(text);
}

void packed_picture::node(const std::string& id, const json::object& all) {
    tell(nodes_, 'n', id, all);
}

void packed_picture::edge(const std::string& id, const json::object& all) {
    const auto changed = tell(edges_, 'e', id, all);
    if (changed.contains("kind") || changed.contains("reason"))
        links_.push_back({id, text_at(all, "kind"), text_at(all, "reason")});
}

json::object packed_picture::tell(
    table& of,
    char what,
    const std::string& id,
    const json::object& all
) {
    const auto text = json::serialize(all);
    const auto hash = std::hash<std::string>()(text);
    const auto [found, is_new] = of.try_emplace(id);
    entry& held = found->second;
    held.round = round_;
    if (!is_new && held.hash == hash) return {};
    auto changed = is_new ? all : changed_fields(ids_.lengthen(held.text), all);
    if (is_new)
        add_op(fmt::format(R"(["{}+",{}])", what, text));
    else if (!changed.empty())
        add_op(fmt::format(R"(["{}~",{},{}])", what, quoted(id), json::serialize(changed)));
    held.text = ids_.shorten(text);
    held.hash = hash;
    return changed;
}

packed_picture::changes packed_picture::finish() {
    changes out;
    for (auto& id : end(edges_, 'e'))
        links_.push_back({std::move(id), "", ""});
    out.gone = end(nodes_, 'n');
    out.ops = std::exchange(ops_, {});
    out.links = std::exchange(links_, {});
    return out;
}

std::vector<std::string> packed_picture::end(table& of, char what) {
    std::vector<std::string> gone;
    for (auto at = of.begin(); at != of.end();) {
        if (at->second.round == round_) {
            ++at;
            continue;
        }
        add_op(fmt::format(R"(["{}-",{},{{}}])", what, quoted(at->first)));
        gone.push_back(at->first);
        at = of.erase(at);
    }
    return gone;
}

void packed_picture::add_op(std::string_view op) {
    if (!ops_.empty()) ops_.add(",");
    ops_.add(op);
}

void packed_picture::for_each(const table& of, const visitor& visit) const {
    std::string text;
    for (const auto& [id, each] : of) {
        text.clear();
        ids_.append(text, each.text);
        visit(id, text);
    }
}

std::optional<std::string> packed_picture::find(const table& in, std::string_view id) const {
    const auto found = in.find(id);
    if (found == in.end()) return std::nullopt;
    return ids_.lengthen(found->second.text);
}

std::string packed_picture::members() const {
    std::string out;
    write_members([&](std::string_view piece) { out += piece; });
    return out;
}

void packed_picture::write_members(const text_taker& take) const {
    bool is_first = true;
    const auto take_each = [&](const std::string&, std::string_view text) {
        if (!std::exchange(is_first, false)) take(",");
        take(text);
    };
    take(R"("mesh":)");
    take(mesh_);
    take(R"(,"nodes":[)");
    for_each_node(take_each);
    take(R"(],"edges":[)");
    is_first = true;
    for_each_edge(take_each);
    take("]");
}

}  // namespace meshhost::observe::proto
