// SPDX-License-Identifier: Apache-2.0
#pragma once
// What exchange.cpp keeps, and how its state is written for the next code.
#include <mesh/plugin.hpp>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

namespace kept {

/// Numbers and texts, one after the other.
class writer {
public:
    void put(std::uint64_t number) {
        text_.append(reinterpret_cast<char*>(&number), sizeof number);
    }
    void put(const std::string& text) {
        put(text.size());
        text_ += text;
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// Throws what is too short.
class reader {
public:
    explicit reader(mesh_bytes from)
        : text_(reinterpret_cast<const char*>(from.ptr), from.len) {}
    std::uint64_t number() {
        std::uint64_t taken = 0;
        std::memcpy(&taken, take(sizeof taken).data(), sizeof taken);
        return taken;
    }
    std::string text() { return std::string(take(number())); }

private:
    std::string_view take(std::size_t size) {
        if (size > text_.size()) throw mesh::error(MESH_E_INVALID, "the state is cut off");
        const auto taken = text_.substr(0, size);
        text_.remove_prefix(size);
        return taken;
    }
    std::string_view text_;
};

/// The numbers that one author publishes, from 1 on, in whatever order they come.
struct series {
    std::uint64_t next = 1;
    std::set<std::uint64_t> early;

    /// false: it was there before.
    bool hear(std::uint64_t number) {
        if (number < next || !early.insert(number).second) return false;
        while (early.erase(next) != 0)
            ++next;
        return true;
    }
};

struct echoed_stream {
    std::uint64_t position = 0;  ///< of the next byte to come
    std::string unsent;
};

}  // namespace kept
