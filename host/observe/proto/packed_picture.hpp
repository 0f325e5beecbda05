// SPDX-License-Identifier: Apache-2.0
#pragma once
// The present picture, as the text that it is sent as: a tenth of what its objects would take, and
// it is told anew one object at a time, so that there are never two of it. Pure.
#include "observe/proto/picture.hpp"
#include "observe/proto/short_ids.hpp"
#include "observe/proto/text_pieces.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

/// An edge that is new, or that is reached in another way now, or gone.
struct link_news {
    std::string id;
    std::string kind;    ///< empty: it is gone
    std::string reason;  ///< may be empty
};

class packed_picture final : public picture_taker {
public:
    struct changes {
        /// The ops of schemas/stream.json that lead there, with commas between them: nodes before
        /// the edges that need them, edges gone before their nodes. Empty: there are none.
        text_pieces ops;
        std::vector<std::string> gone;  ///< ids of nodes
        std::vector<link_news> links;
    };

    /// The next state begins, all of which is told before finish().
    void begin();
    void mesh(const boost::json::object& all) override;
    void node(const std::string& id, const boost::json::object& all) override;
    void edge(const std::string& id, const boost::json::object& all) override;
    /// Whatever was not told is gone.
    changes finish();

    /// "mesh":{...},"nodes":[...],"edges":[...], in the order of ids.
    std::string members() const;
    /// The same in pieces.
    void write_members(const text_taker& take) const;

    /// Whole objects as JSON, in the order of ids. The text is good during the call.
    using visitor = std::function<void(const std::string& id, std::string_view text)>;
    void for_each_node(const visitor& visit) const { for_each(nodes_, visit); }
    void for_each_edge(const visitor& visit) const { for_each(edges_, visit); }
    /// nullopt: there is none.
    std::optional<std::string> find_node(std::string_view id) const { return find(nodes_, id); }
    std::optional<std::string> find_edge(std::string_view id) const { return find(edges_, id); }
    const std::string& mesh_text() const noexcept { return mesh_; }
    std::size_t nodes() const noexcept { return nodes_.size(); }

private:
    struct entry {
        std::string text;         ///< shortened
        std::size_t hash = 0;     ///< of the whole text
        std::uint64_t round = 0;  ///< in which it was told last
    };
    using table = std::map<std::string, entry, std::less<>>;

    /// What changed of it; all when it is new.
    boost::json::object tell(
        table& of,
        char what,
        const std::string& id,
        const boost::json::object& all
    );
    std::vector<std::string> end(table& of, char what);
    void add_op(std::string_view op);
    void for_each(const table& of, const visitor& visit) const;
    std::optional<std::string> find(const table& in, std::string_view id) const;

    short_ids ids_;
    std::string mesh_ = "{}";
    table nodes_;
    table edges_;
    std::uint64_t round_ = 0;
    text_pieces ops_;  ///< of the round
    std::vector<link_news> links_;
};

}  // namespace meshhost::observe::proto
