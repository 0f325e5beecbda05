// SPDX-License-Identifier: Apache-2.0
#pragma once
// In which order nodes are listed, and the place in it where a page ended: the next one goes on
// behind it, whatever has changed meanwhile. As the dashboard's table sorts. Pure.
#include "observe/proto/node_facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace meshhost::observe::proto {

/// Where a node stands. What is not known stands last, in either direction; those that are alike
/// by their names, then by their ids.
struct order_key {
    std::variant<std::monostate, double, std::string> value;  ///< monostate: not known
    std::string name;
    std::string id;
};

class node_order {
public:
    /// By name.
    node_order() = default;

    /// "cpu", "-cpu": the highest first. nullopt: there is no such field.
    static std::optional<node_order> parse(std::string_view text);
    /// "name, id, ...".
    static std::string fields();

    order_key key_of(const node_facts& node) const;
    bool comes_before(const order_key& one, const order_key& other) const;

    /// Opaque to whoever is given it; of ASCII letters and digits.
    std::string cursor_at(const order_key& key) const;
    /// nullopt: it is none, or one of another order.
    std::optional<order_key> read_cursor(std::string_view text) const;

private:
    std::size_t field_ = 0;
    bool is_descending_ = false;
};

/// As people count: "compute-2" before "compute-10". Below, at or above 0.
int compare_as_counted(std::string_view one, std::string_view other);

}  // namespace meshhost::observe::proto
