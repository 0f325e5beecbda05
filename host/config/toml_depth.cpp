// SPDX-License-Identifier: Apache-2.0
#include "config/toml_depth.hpp"

#include <algorithm>
#include <vector>

namespace meshhost::config {
namespace {

/// Walks the text once, skipping strings and comments, and keeps count of how deep it is.
class depth_scanner {
public:
    depth_scanner(std::string_view text, std::size_t most)
        : text_(text)
        , most_(most) {}

    std::optional<text_position> run() {
        while (at_ < text_.size()) {
            step();
            if (outer_ + dots_ + open_.size() > most_) return position();
        }
        return std::nullopt;
    }

private:
    void step() {
        const char c = text_[at_];
        switch (c) {
        case '"':
        case '\'':
            skip_string(c);
            return;
        case '#':
            skip_to(text_.find('\n', at_));
            return;
        case '.':
            ++dots_;
            break;
        case '[':
        case '{':
            open();
            break;
        case ']':
        case '}':
            close();
            break;
        case ',':
            dots_ = 0;
            break;
        case '\n':
            end_line();
            break;
        default:
            break;
        }
        ++at_;
    }

    void open() {
        open_.push_back(dots_);
        outer_ += dots_;
        dots_ = 0;
    }

    void close() {
        if (open_.empty()) return;
        outer_ -= open_.back();
        dots_ = open_.back();
        open_.pop_back();
    }

    /// A statement ends with its line, unless a bracket is open: arrays go on.
    void end_line() {
        if (open_.empty()) dots_ = 0;
    }

    void skip_string(char quote) {
        const std::string_view fence(quote == '"' ? R"(""")" : "'''");
        const bool long_form = text_.substr(at_).starts_with(fence);
        at_ += long_form ? fence.size() : 1;
        while (at_ < text_.size()) {
            if (quote == '"' && text_[at_] == '\\') {
                at_ += 2;
            } else if (long_form && text_.substr(at_).starts_with(fence)) {
                at_ += fence.size();
                // A long string may end in one or two quotes of its own before the fence.
                for (int extra = 0; extra < 2 && at_ < text_.size() && text_[at_] == quote; ++extra)
                    ++at_;
                return;
            } else if (!long_form && (text_[at_] == quote || text_[at_] == '\n')) {
                at_ += text_[at_] == quote ? 1 : 0;
                return;
            } else {
                ++at_;
            }
        }
    }

    void skip_to(std::size_t place) {
        at_ = place == std::string_view::npos ? text_.size() : place;
    }

    text_position position() const {
        const std::string_view before = text_.substr(0, at_);
        const auto lines = std::count(before.begin(), before.end(), '\n');
        const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0
        return {
            static_cast<std::uint32_t>(lines + 1),
            static_cast<std::uint32_t>(before.size() - line_start)};
    }

    std::string_view text_;
    std::size_t most_;
    std::size_t at_ = 0;
    std::size_t dots_ = 0;           ///< in the key or value that is being read
    std::size_t outer_ = 0;          ///< the sum of open_
    std::vector<std::size_t> open_;  ///< for each open bracket, the dots before it
};

}  // namespace

std::optional<text_position> find_too_deep(std::string_view text, std::size_t most) {
    return depth_scanner(text, most).run();
}

}  // namespace meshhost::config
