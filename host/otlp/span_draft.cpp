// SPDX-License-Identifier: Apache-2.0
#include "otlp/span_draft.hpp"

#include "base/cut.hpp"

#include <boost/locale/utf.hpp>

#include <algorithm>
#include <limits>

namespace meshhost::otlp {

namespace {

constexpr std::int64_t status_error = 2;
constexpr std::int64_t kinds = 5;  ///< of spans, from 1
constexpr std::uint64_t last_ns = std::numeric_limits<std::int64_t>::max();

duration since_epoch(std::uint64_t unix_ns) {
    return duration(static_cast<std::int64_t>(std::min(unix_ns, last_ns)));
}

template <class Id>
bool is_none(const Id& id) {
    return std::all_of(id.begin(), id.end(), [](auto byte) { return byte == 0; });
}

}  // namespace

void attribute_draft::add(std::string_view key, telemetry::attribute_value value) {
    if (all_.size() >= most_) return drop();
    if (auto* text = std::get_if<std::string>(&value))
        *text = cut(*text, read_limits::text_bytes_max);
    all_.push_back({cut(key, read_limits::name_bytes_max), std::move(value)});
}

template <class Id>
bool span_draft::put(bytes_view from, Id& to) {
    if (from.size() != to.size()) return false;
    std::copy(from.begin(), from.end(), to.begin());
    return !is_none(to);
}

void span_draft::set_parent(bytes_view id) {
    // Some write what is not there as zeros.
    is_odd_ = !id.empty() && !put(id, span_.parent) && id.size() != span_.parent.size();
}

void span_draft::set_name(std::string_view name) {
    span_.name = cut(name, read_limits::name_bytes_max);
}

void span_draft::set_kind(std::int64_t number) {
    const bool is_known = number >= 1 && number <= kinds;
    span_.kind = static_cast<telemetry::span_kind>(is_known ? number - 1 : 0);
}

void span_draft::set_status(std::int64_t code, std::string_view message) {
    span_.is_ok = code != status_error;
    span_.message = cut(message, read_limits::message_bytes_max);
}

void span_draft::add_event(std::string_view name, std::uint64_t unix_ns, attribute_draft of_event) {
    if (span_.events.size() >= read_limits::events_max) {
        ++dropped_;
        return;
    }
    dropped_ += of_event.dropped();
    span_.events.push_back(
        {cut(name, read_limits::name_bytes_max), since_epoch(unix_ns), of_event.take()}
    );
}

void span_draft::add_link(bytes_view trace, bytes_view span) {
    if (span_.links.size() >= read_limits::links_max) return;
    telemetry::span_link link;
    if (put(trace, link.trace) && put(span, link.span)) span_.links.push_back(link);
}

void span_draft::set_dropped(std::uint64_t count) {
    dropped_ += std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max());
}

bool span_draft::finish(telemetry::span& into, const char*& why) {
    if (!has_trace_)
        why = "a span has no trace id of 16 bytes";
    else if (!has_id_)
        why = "a span has no id of 8 bytes";
    else if (is_odd_)
        why = "a span's parent is no id of 8 bytes";
    else if (span_.name.empty())
        why = "a span has no name";
    else if (start_ == 0 || start_ > last_ns || end_ > last_ns)
        why = "a span has no time at which it started";
    if (why != nullptr) return false;
    span_.started = since_epoch(start_);
    span_.length = since_epoch(std::max(start_, end_)) - span_.started;
    dropped_ += attributes.dropped();
    span_.attributes = attributes.take();
    span_.dropped = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(dropped_, std::numeric_limits<std::uint32_t>::max())
    );
    into = std::move(span_);
    return true;
}

void request_draft::begin(resource by) {
    if (++resources_ <= read_limits::resources_max) told_.groups.push_back({std::move(by), {}});
}

void request_draft::add(span_draft span) {
    if (resources_ > read_limits::resources_max) return refuse("a request has 256 resources");
    if (spans_ >= read_limits::spans_max) return refuse("a request has 2048 spans");
    telemetry::span made;
    const char* why = nullptr;
    if (!span.finish(made, why)) return refuse(why);
    ++spans_;
    told_.groups.back().spans.push_back(std::move(made));
}

void request_draft::refuse(const char* why) {
    if (told_.refused++ == 0) told_.why = why;
}

bool is_utf8(std::string_view text) {
    using decoder = boost::locale::utf::utf_traits<char>;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end)
        if (!boost::locale::utf::is_valid_codepoint(decoder::decode(at, end))) return false;
    return true;
}

}  // namespace meshhost::otlp
