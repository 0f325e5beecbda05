// SPDX-License-Identifier: Apache-2.0
#include "telemetry/packed_span.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace meshhost::telemetry {

namespace {

constexpr std::size_t text_max = std::numeric_limits<std::uint8_t>::max();  // its length is a byte

/// As cut(), without a copy.
std::string_view head(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
        --most;
    return text.substr(0, most);
}

class reader {
public:
    explicit reader(std::string_view packed)
        : left_(packed) {}

    bool is_empty() const noexcept { return left_.empty(); }
    std::string text() {
        const std::size_t size = static_cast<unsigned char>(left_.front());
        std::string out(left_.substr(1, size));
        left_.remove_prefix(1 + size);
        return out;
    }
    attribute_value value() {
        const auto kind = static_cast<std::size_t>(left_.front());
        left_.remove_prefix(1);
        switch (kind) {
        case 0:
            return number<bool>();
        case 1:
            return number<std::int64_t>();
        case 2:
            return number<std::uint64_t>();
        case 3:
            return number<double>();
        default:
            return text();
        }
    }

private:
    template <class Number>
    Number number() {
        Number out{};
        std::memcpy(&out, left_.data(), sizeof out);
        left_.remove_prefix(sizeof out);
        return out;
    }

    std::string_view left_;
};

}  // namespace

bool packed_span::put(std::string_view text, std::size_t most) noexcept {
    const auto kept = head(text, std::min(most, text_max));
    if (used_ + 1 + kept.size() > text_.size()) return false;
    text_[used_++] = static_cast<char>(kept.size());
    std::copy(kept.begin(), kept.end(), text_.begin() + used_);
    used_ = static_cast<std::uint16_t>(used_ + kept.size());
    return kept.size() == text.size();
}

/// All of it or nothing.
bool packed_span::put(const attribute& one) noexcept {
    const auto before = used_;
    const auto* const text = std::get_if<std::string>(&one.value);
    bool is_whole = put(one.key, text_max) && used_ < text_.size();
    if (is_whole) text_[used_++] = static_cast<char>(one.value.index());
    if (is_whole && text != nullptr) is_whole = put(*text, text_max);
    if (is_whole && text == nullptr)
        is_whole = std::visit(
            [this](const auto& held) {
                if constexpr (std::is_arithmetic_v<std::decay_t<decltype(held)>>) {
                    if (used_ + sizeof held > text_.size()) return false;
                    std::memcpy(text_.data() + used_, &held, sizeof held);
                    used_ = static_cast<std::uint16_t>(used_ + sizeof held);
                }
                return true;
            },
            one.value
        );
    if (!is_whole) used_ = before;
    return is_whole;
}

void packed_span::pack(std::string_view scope, const span& finished) noexcept {
    trace_ = finished.trace;
    id_ = finished.id;
    parent_ = finished.parent;
    started_ = finished.started.count();
    length_ = finished.length.count();
    kind_ = finished.kind;
    is_ok_ = finished.is_ok;
    used_ = 0;
    put(scope, name_max);
    put(finished.name, name_max);
    put(finished.message, message_max);
    auto dropped = finished.dropped + finished.events.size() + finished.links.size();
    for (const auto& each : finished.attributes)
        dropped += put(each) ? 0 : 1;
    dropped_ = static_cast<std::uint32_t>(dropped);
}

std::string packed_span::scope() const {
    return reader({text_.data(), used_}).text();
}

span packed_span::unpack() const {
    span out;
    out.trace = trace_;
    out.id = id_;
    out.parent = parent_;
    out.started = duration(started_);
    out.length = duration(length_);
    out.kind = kind_;
    out.is_ok = is_ok_;
    out.dropped = dropped_;
    reader from({text_.data(), used_});
    from.text();  // the scope
    out.name = from.text();
    out.message = from.text();
    while (!from.is_empty()) {
        auto key = from.text();
        out.attributes.push_back({std::move(key), from.value()});
    }
    return out;
}

}  // namespace meshhost::telemetry
