// SPDX-License-Identifier: Apache-2.0
#pragma once
// The part of a DNS message (RFC 1035 §4) that local discovery uses: questions, answers and
// additional records, names with compression pointers. Knows no record type and no service.
#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::discovery::proto {

inline constexpr std::size_t dns_label_max = 63;       ///< RFC 1035 §2.3.4
inline constexpr std::size_t dns_name_max = 255;       ///< likewise, on the wire
inline constexpr std::size_t dns_message_max = 2'048;  ///< more than any MTU here; the rest refused
/// In all sections. A message of the smallest records could have 185 of them.
inline constexpr std::size_t dns_entries_max = 128;

/// Labels, each behind its length, without the root's; ASCII letters in lower case. So two names
/// are the same when their texts are.
class dns_name {
public:
    dns_name() = default;

    /// Of labels in front of `base`; nullopt: a label or the whole is too long, or one is empty.
    static std::optional<dns_name> prepend(std::string_view label, const dns_name& base);
    /// "a.b" or "a.b.": for names of our own.
    static std::optional<dns_name> parse(std::string_view text);

    bool is_root() const noexcept { return wire_.empty(); }
    std::string_view first_label() const noexcept;  ///< empty for the root
    /// Without the first label; the root's is the root.
    dns_name parent() const;
    std::string_view wire() const noexcept { return wire_; }

    friend auto operator<=>(const dns_name&, const dns_name&) = default;

private:
    friend std::optional<dns_name> read_dns_name(bytes_view message, std::size_t& at);
    std::string wire_;
};

enum class dns_type : std::uint16_t { a = 1, ptr = 12, txt = 16, aaaa = 28, srv = 33 };
inline constexpr std::uint16_t dns_class_in = 1;
inline constexpr std::uint16_t dns_flag_response = 0x8000;
inline constexpr std::uint16_t dns_flag_authoritative = 0x0400;

struct dns_question {
    dns_name name;
    std::uint16_t type = 0;
    std::uint16_t klass = 0;
};

/// `data` lies in the message, which has to outlive it.
struct dns_record {
    dns_name name;
    std::uint16_t type = 0;
    std::uint16_t klass = 0;
    std::uint32_t ttl = 0;  ///< seconds
    bytes_view data;
    std::size_t data_at = 0;  ///< in the message: names in it may point backwards
};

/// Borrows from the bytes it was read from.
struct dns_message {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::vector<dns_question> questions;
    std::vector<dns_record> answers;
    std::vector<dns_record> additionals;

    bool is_response() const noexcept { return (flags & dns_flag_response) != 0; }
};

/// Reads the name at `at` and moves `at` behind it. Every pointer has to point to before the
/// part of the name that it ends, so that none goes in circles. nullopt: it cannot be read.
std::optional<dns_name> read_dns_name(bytes_view message, std::size_t& at);

/// nullopt for what is no whole DNS message, and for one beyond the limits above. Authority
/// records are read and dropped; bytes behind the last record are ignored.
std::optional<dns_message> read_dns_message(bytes_view message);

/// Writes one message, section by section in the order of the wire. A name that was written
/// before, or whose end was, becomes a pointer.
class dns_writer {
public:
    dns_writer(std::uint16_t id, std::uint16_t flags);

    void question(const dns_name& name, dns_type type);
    void answer(const dns_name& name, dns_type type, std::uint32_t ttl, bytes_view data);
    void ptr_answer(const dns_name& name, std::uint32_t ttl, const dns_name& target);
    void srv_answer(
        const dns_name& name,
        std::uint32_t ttl,
        std::uint16_t port,
        const dns_name& target
    );
    /// After every answer.
    void additional(const dns_name& name, dns_type type, std::uint32_t ttl, bytes_view data);

    std::size_t size() const noexcept { return out_.size(); }
    byte_buffer take() && { return std::move(out_); }

private:
    void name(const dns_name& written);
    void head(const dns_name& owner, dns_type type, std::uint32_t ttl);
    void count(std::size_t field);

    byte_buffer out_;
    /// Where a name, or the end of one, stands.
    std::vector<std::pair<std::string, std::uint16_t>> places_;
};

}  // namespace meshhost::discovery::proto
