// SPDX-License-Identifier: Apache-2.0
#pragma once
// Changes of a picture, put together, and laid over the picture that they began with: what comes
// out is never there as objects. Pure.
#include "observe/proto/picture.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

class packed_picture;

class picture_changes {
public:
    /// Ops of schemas/stream.json that follow those before. Those that it does not know are passed
    /// over.
    void add(const boost::json::array& ops);

private:
    friend class picture_overlay;

    enum class outcome { changed, added, gone };
    struct change {
        outcome is = outcome::changed;
        boost::json::object object;  ///< what changed of it, or all of it
    };
    using table = std::map<std::string, change, std::less<>>;

    void add_one(std::string_view what, const boost::json::array& op);

    boost::json::object mesh_;
    table nodes_;
    table edges_;
};

/// A picture as lines: the mesh, the nodes and the edges, each with a letter before its JSON.
void write_lines(const packed_picture& from, const text_taker& take);

/// Tells `take` of "mesh":{...},"nodes":[...],"edges":[...], in the order of ids, while it is given
/// the lines of write_lines(). Both outlive it.
class picture_overlay {
public:
    picture_overlay(const picture_changes& changes, const text_taker& take);

    void line(std::string_view text);
    /// There are no more.
    void finish();

private:
    void begin_edges();
    void object(std::string_view text);
    void add_new(picture_changes::table::const_iterator end);
    void write(std::string_view json);

    const picture_changes& changes_;
    const text_taker& take_;
    const picture_changes::table* table_;
    picture_changes::table::const_iterator next_;
    bool is_first_ = true;
};

}  // namespace meshhost::observe::proto
