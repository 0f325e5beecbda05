// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which nodes or edges are wanted: `state:stale tier:leaf role:compute path:relayed cpu>80%
// rtt>50ms name~web -role:observer`; any other word is the start of an id or a part of a name. All
// terms must hold. The same as in the dashboard (admin-ui/src/model/filter.ts):
// tests/contract/node_filter.json holds both to it. Pure.
#include "observe/proto/node_facts.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

class node_filter {
public:
    static constexpr std::size_t bytes_max = 1024;
    static constexpr std::size_t terms_max = 64;

    /// One that everything passes.
    node_filter() = default;
    explicit node_filter(std::string_view text);

    /// What was not understood, in words, which name the term; such terms match everything.
    const std::vector<std::string>& errors() const noexcept { return errors_; }
    bool is_empty() const noexcept { return terms_.empty(); }
    /// Some term is about a node's edges.
    bool asks_edges() const noexcept;

    bool matches(const node_facts& node, std::span<const edge_facts> its_edges) const;
    /// A term about nodes holds of an edge when it holds of one of its ends, and `-term` when it
    /// holds of neither.
    bool matches(const edge_facts& edge, const node_facts& a, const node_facts& b) const;

private:
    enum class field : std::uint8_t {
        word,
        state,
        tier,
        role,
        over,
        version,
        id,
        name,
        cpu,
        memory,
        path,
        reason,
        tree,
        rtt,
    };
    enum class comparison : std::uint8_t { above, below, at_least, at_most, equal };
    struct term {
        field of = field::word;
        bool is_negative = false;
        std::string value;  ///< of those that are texts
        comparison how = comparison::equal;
        double limit = 0;  ///< of those that are numbers
    };

    void add(std::string_view word);
    static std::string read_asked(term& asked, const std::string& field_name, std::string_view op);
    static std::string read_number(term& asked, const std::string& name, std::string_view op);
    static std::string read_text(term& asked, const std::string& name, std::string_view op);
    static bool is_about_edges(const term& asked) noexcept;
    static bool holds(const term& asked, const node_facts& node);
    static bool holds(const term& asked, const edge_facts& edge);
    static bool holds(const term& asked, double value);

    std::vector<term> terms_;
    std::vector<std::string> errors_;
};

}  // namespace meshhost::observe::proto
