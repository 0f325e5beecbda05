// SPDX-License-Identifier: Apache-2.0
#include "discovery/proto/dns_message.hpp"

#include "base/assert.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

#include <algorithm>

namespace meshhost::discovery::proto {

namespace {

constexpr std::size_t header_bytes = 12;
constexpr std::uint8_t pointer_bits = 0xc0;
/// Offsets that a pointer can name.
constexpr std::size_t pointer_reach = 1u << 14;

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void append_label(std::string& wire, std::string_view label) {
    wire.push_back(static_cast<char>(label.size()));
    std::transform(label.begin(), label.end(), std::back_inserter(wire), lower);
}

/// A byte_reader over what is left of a message, which knows where it stands in the whole.
class cursor {
public:
    cursor(bytes_view message, std::size_t at) noexcept
        : message_(message)
        , at_(at) {}

    bool ok() const noexcept { return ok_; }

    std::uint16_t u16() noexcept {
        const bytes_view bytes = take(2);
        return bytes.empty() ? std::uint16_t{0}
                             : static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
    }
    std::uint32_t u32() noexcept {
        const std::uint32_t high = u16();
        return high << 16 | u16();
    }
    dns_name name() {
        if (!ok_) return {};
        auto read = read_dns_name(message_, at_);
        ok_ = read.has_value();
        return ok_ ? std::move(*read) : dns_name{};
    }
    dns_record record() {
        dns_record read;
        read.name = name();
        read.type = u16();
        read.klass = u16();
        read.ttl = u32();
        const std::size_t size = u16();
        read.data_at = at_;
        read.data = take(size);
        return read;
    }

private:
    bytes_view take(std::size_t count) noexcept {
        ok_ = ok_ && count <= message_.size() - at_;
        if (!ok_) return {};
        at_ += count;
        return message_.subspan(at_ - count, count);
    }

    bytes_view message_;
    std::size_t at_;
    bool ok_ = true;
};

}  // namespace

std::optional<dns_name> dns_name::prepend(std::string_view label, const dns_name& base) {
    if (label.empty() || label.size() > dns_label_max) return std::nullopt;
    dns_name made;
    append_label(made.wire_, label);
    made.wire_ += base.wire_;
    if (made.wire_.size() + 1 > dns_name_max) return std::nullopt;
    return made;
}

std::optional<dns_name> dns_name::parse(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return prepend(text, {});
    const auto base = parse(text.substr(dot + 1));
    return base ? prepend(text.substr(0, dot), *base) : std::nullopt;
}

std::string_view dns_name::first_label() const noexcept {
    if (wire_.empty()) return {};
    return std::string_view(wire_).substr(1, static_cast<std::uint8_t>(wire_[0]));
}

dns_name dns_name::parent() const {
    dns_name rest;
    if (!wire_.empty()) rest.wire_ = wire_.substr(1u + static_cast<std::uint8_t>(wire_[0]));
    return rest;
}

std::optional<dns_name> read_dns_name(bytes_view message, std::size_t& at) {
    dns_name name;
    std::size_t here = at;
    std::size_t part = at;  // where the part being read began: pointers go to before it
    bool has_jumped = false;
    while (here < message.size()) {
        const std::uint8_t length = message[here];
        if (length == 0) {
            if (!has_jumped) at = here + 1;
            return name;
        }
        if ((length & pointer_bits) == pointer_bits) {
            if (here + 1 >= message.size()) return std::nullopt;
            const std::size_t target =
                static_cast<std::size_t>(length & ~pointer_bits) << 8 | message[here + 1];
            if (target >= part || target < header_bytes) return std::nullopt;
            if (!has_jumped) at = here + 2;
            has_jumped = true;
            here = part = target;
            continue;
        }
        const bool fits = length <= dns_label_max && length < message.size() - here
                          && name.wire_.size() + length + 2 <= dns_name_max;
        if (!fits) return std::nullopt;
        append_label(name.wire_, as_text(message.subspan(here + 1, length)));
        here += 1u + length;
    }
    return std::nullopt;
}

std::optional<dns_message> read_dns_message(bytes_view message) {
    if (message.size() < header_bytes || message.size() > dns_message_max) return std::nullopt;
    cursor in(message, 0);
    dns_message read;
    read.id = in.u16();
    read.flags = in.u16();
    const std::size_t questions = in.u16();
    const std::size_t answers = in.u16();
    const std::size_t authorities = in.u16();
    const std::size_t additionals = in.u16();
    if (questions + answers + authorities + additionals > dns_entries_max) return std::nullopt;

    for (std::size_t i = 0; i < questions && in.ok(); ++i) {
        dns_question question;
        question.name = in.name();
        question.type = in.u16();
        question.klass = in.u16();
        read.questions.push_back(std::move(question));
    }
    for (std::size_t i = 0; i < answers && in.ok(); ++i)
        read.answers.push_back(in.record());
    for (std::size_t i = 0; i < authorities && in.ok(); ++i)
        in.record();
    for (std::size_t i = 0; i < additionals && in.ok(); ++i)
        read.additionals.push_back(in.record());
    if (!in.ok()) return std::nullopt;
    return read;
}

dns_writer::dns_writer(std::uint16_t id, std::uint16_t flags) {
    wire::byte_writer out(out_);
    out.u16be(id);
    out.u16be(flags);
    out.u64be(0);  // the four counts
}

void dns_writer::count(std::size_t field) {
    const std::size_t at = 4 + 2 * field;
    const auto counted = static_cast<std::uint16_t>(out_[at] << 8 | out_[at + 1]) + 1u;
    out_[at] = static_cast<std::uint8_t>(counted >> 8);
    out_[at + 1] = static_cast<std::uint8_t>(counted);
}

void dns_writer::name(const dns_name& written) {
    wire::byte_writer out(out_);
    for (dns_name rest = written; !rest.is_root(); rest = rest.parent()) {
        const auto known = std::find_if(places_.begin(), places_.end(), [&](const auto& place) {
            return place.first == rest.wire();
        });
        if (known != places_.end()) {
            out.u16be(static_cast<std::uint16_t>(pointer_bits << 8 | known->second));
            return;
        }
        if (out_.size() < pointer_reach)
            places_.emplace_back(rest.wire(), static_cast<std::uint16_t>(out_.size()));
        const std::string_view label = rest.first_label();
        out.u8(static_cast<std::uint8_t>(label.size()));
        out.bytes(as_bytes(label));
    }
    out.u8(0);
}

void dns_writer::head(const dns_name& owner, dns_type type, std::uint32_t ttl) {
    name(owner);
    wire::byte_writer out(out_);
    out.u16be(static_cast<std::uint16_t>(type));
    out.u16be(dns_class_in);
    out.u32be(ttl);
}

void dns_writer::question(const dns_name& asked, dns_type type) {
    name(asked);
    wire::byte_writer out(out_);
    out.u16be(static_cast<std::uint16_t>(type));
    out.u16be(dns_class_in);
    count(0);
}

void dns_writer::answer(const dns_name& owner, dns_type type, std::uint32_t ttl, bytes_view data) {
    head(owner, type, ttl);
    wire::byte_writer out(out_);
    out.u16be(static_cast<std::uint16_t>(data.size()));
    out.bytes(data);
    count(1);
}

void dns_writer::ptr_answer(const dns_name& owner, std::uint32_t ttl, const dns_name& target) {
    head(owner, dns_type::ptr, ttl);
    const std::size_t length_at = out_.size();
    wire::byte_writer(out_).u16be(0);
    name(target);
    const std::size_t size = out_.size() - length_at - 2;
    out_[length_at] = static_cast<std::uint8_t>(size >> 8);
    out_[length_at + 1] = static_cast<std::uint8_t>(size);
    count(1);
}

/// The target is written whole: RFC 2782 allows no pointer there.
void dns_writer::srv_answer(
    const dns_name& owner,
    std::uint32_t ttl,
    std::uint16_t port,
    const dns_name& target
) {
    byte_buffer data;
    wire::byte_writer out(data);
    out.u32be(0);  // priority, weight
    out.u16be(port);
    out.bytes(as_bytes(target.wire()));
    out.u8(0);
    const std::size_t before = out_.size();
    answer(owner, dns_type::srv, ttl, data);
    // What follows may point into it.
    const std::size_t at = out_.size() - target.wire().size() - 1;
    MH_ASSERT(at > before, "the target ends the record");
    if (at < pointer_reach) places_.emplace_back(target.wire(), static_cast<std::uint16_t>(at));
}

void dns_writer::additional(
    const dns_name& owner,
    dns_type type,
    std::uint32_t ttl,
    bytes_view data
) {
    head(owner, type, ttl);
    wire::byte_writer out(out_);
    out.u16be(static_cast<std::uint16_t>(data.size()));
    out.bytes(data);
    count(3);
}

}  // namespace meshhost::discovery::proto
