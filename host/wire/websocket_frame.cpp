// SPDX-License-Identifier: Apache-2.0
#include "wire/websocket_frame.hpp"

#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace meshhost::wire {

namespace {

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0f;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_16 = 126;
constexpr std::uint8_t length_64 = 127;
constexpr std::size_t control_max = 125;
/// What is kept between messages, so that a busy connection does not allocate for each.
constexpr std::size_t kept_capacity_max = 4096;

bool is_control(websocket_opcode opcode) noexcept {
    return static_cast<std::uint8_t>(opcode) >= 8;
}

bool is_opcode(std::uint8_t value) noexcept {
    return value <= 2 || (value >= 8 && value <= 10);
}

/// XORs `data`, whose first byte is the payload's `at`th, eight bytes a step.
void apply_mask(std::span<std::uint8_t> data, const websocket_mask& mask, std::size_t at) noexcept {
    std::array<std::uint8_t, 8> pattern{};
    for (std::size_t i = 0; i < pattern.size(); ++i)
        pattern[i] = mask[(at + i) % mask.size()];
    std::uint64_t word = 0;
    std::memcpy(&word, pattern.data(), sizeof word);
    std::size_t done = 0;
    for (; done + sizeof word <= data.size(); done += sizeof word) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, data.data() + done, sizeof bytes);
        bytes ^= word;
        std::memcpy(data.data() + done, &bytes, sizeof bytes);
    }
    for (; done < data.size(); ++done)
        data[done] ^= pattern[done % pattern.size()];
}

void empty(byte_buffer& buffer) {
    if (buffer.capacity() > kept_capacity_max)
        byte_buffer().swap(buffer);
    else
        buffer.clear();
}

}  // namespace

std::uint16_t close_status(websocket_fault fault) noexcept {
    switch (fault) {
    case websocket_fault::none:
        return 1000;
    case websocket_fault::too_long:
        return 1009;
    case websocket_fault::reserved:
    case websocket_fault::masking:
    case websocket_fault::length:
    case websocket_fault::control:
    case websocket_fault::fragmentation:
        break;
    }
    return 1002;
}

void append_websocket_frame(
    byte_buffer& out,
    websocket_opcode opcode,
    std::initializer_list<bytes_view> parts,
    const std::optional<websocket_mask>& mask
) {
    std::size_t length = 0;
    for (const auto& part : parts)
        length += part.size();
    byte_writer writer(out);
    writer.u8(static_cast<std::uint8_t>(final_bit | static_cast<std::uint8_t>(opcode)));
    const std::uint8_t masked = mask ? mask_bit : 0;
    if (length < length_16) {
        writer.u8(static_cast<std::uint8_t>(masked | length));
    } else if (length <= std::numeric_limits<std::uint16_t>::max()) {
        writer.u8(masked | length_16);
        writer.u16be(static_cast<std::uint16_t>(length));
    } else {
        writer.u8(masked | length_64);
        writer.u64be(length);
    }
    if (mask) writer.bytes(*mask);
    const std::size_t begin = out.size();
    for (const auto& part : parts)
        out.insert(out.end(), part.begin(), part.end());
    if (mask) apply_mask(std::span(out).subspan(begin), *mask, 0);
}

std::optional<websocket_message> websocket_reader::poll() {
    if (is_partial_done_) empty(partial_);
    if (is_message_done_) empty(fragments_);
    is_partial_done_ = is_message_done_ = false;
    while (fault_ == websocket_fault::none) {
        header head{};
        const auto data = next_frame(head);
        if (!data) break;
        if (head.mask) apply_mask(*data, *head.mask, 0);
        if (auto message = take_frame(head, *data)) return message;
        if (is_partial_done_) empty(partial_);
        is_partial_done_ = false;
    }
    return {};
}

/// The payload of the next frame that is whole, still masked.
std::optional<std::span<std::uint8_t>> websocket_reader::next_frame(header& head) {
    if (!partial_.empty()) return finish_partial(head);
    const auto read = read_header(input_);
    if (!read || input_.size() - read->size < read->length) {
        keep_rest();
        return {};
    }
    head = *read;
    const auto data = input_.subspan(head.size, head.length);
    input_ = input_.subspan(head.size + head.length);
    return data;
}

/// As next_frame(), for a frame whose beginning came before: first its header, then the rest.
std::optional<std::span<std::uint8_t>> websocket_reader::finish_partial(header& head) {
    const auto top_up = [this](std::size_t wanted) {
        const std::size_t missing = wanted - std::min(wanted, partial_.size());
        const auto part = input_.first(std::min(missing, input_.size()));
        partial_.insert(partial_.end(), part.begin(), part.end());
        input_ = input_.subspan(part.size());
        return partial_.size() >= wanted;
    };
    auto read = read_header(partial_);
    while (!read) {
        if (fault_ != websocket_fault::none || input_.empty()) return {};
        top_up(partial_.size() + 1);
        read = read_header(partial_);
    }
    if (!top_up(read->size + read->length)) return {};
    head = *read;
    is_partial_done_ = true;
    return std::span(partial_).subspan(head.size, head.length);
}

void websocket_reader::keep_rest() {
    if (fault_ == websocket_fault::none) partial_.assign(input_.begin(), input_.end());
    input_ = {};
}

/// nullopt: not all of it is there, or it is wrong.
std::optional<websocket_reader::header> websocket_reader::read_header(bytes_view bytes) {
    byte_reader in(bytes);
    const std::uint8_t first = in.u8();
    const std::uint8_t second = in.u8();
    if (!in.ok()) return {};
    header head{};
    std::uint64_t length = second & ~mask_bit;
    bool is_shortest = true;
    if (length == length_16) {
        length = in.u16be();
        is_shortest = length >= length_16;
    } else if (length == length_64) {
        length = in.u64be();
        is_shortest = length > std::numeric_limits<std::uint16_t>::max();
    }
    if ((second & mask_bit) != 0) head.mask = in.array<4>();
    if (!in.ok()) return {};
    if (!is_shortest) return refuse(websocket_fault::length);
    head.is_final = (first & final_bit) != 0;
    head.size = in.position();
    // Longer than memory is: judge() refuses it all the same.
    head.length = static_cast<std::size_t>(
        std::min<std::uint64_t>(length, std::numeric_limits<std::uint32_t>::max())
    );
    return judge(head, (first & reserved_bits) != 0, first & opcode_bits);
}

std::optional<websocket_reader::header> websocket_reader::judge(
    header head,
    bool has_reserved,
    std::uint8_t opcode
) {
    if (has_reserved || !is_opcode(opcode)) return refuse(websocket_fault::reserved);
    head.opcode = static_cast<websocket_opcode>(opcode);
    if (head.mask.has_value() != (end_ == websocket_end::server))
        return refuse(websocket_fault::masking);
    if (is_control(head.opcode)) {
        if (!head.is_final || head.length > control_max) return refuse(websocket_fault::control);
        return head;
    }
    const bool continues = head.opcode == websocket_opcode::continuation;
    if (continues != fragmented_.has_value()) return refuse(websocket_fault::fragmentation);
    if (head.length > message_max_ - std::min(message_max_, fragments_.size()))
        return refuse(websocket_fault::too_long);
    return head;
}

/// nullopt: more fragments belong to it.
std::optional<websocket_message> websocket_reader::take_frame(
    const header& head,
    std::span<std::uint8_t> data
) {
    if (is_control(head.opcode)) return websocket_message{head.opcode, data};
    if (head.is_final && !fragmented_) return websocket_message{head.opcode, data};
    if (!fragmented_) fragmented_ = head.opcode;
    fragments_.insert(fragments_.end(), data.begin(), data.end());
    if (!head.is_final) return {};
    const websocket_opcode opcode = *fragmented_;
    fragmented_.reset();
    is_message_done_ = true;
    return websocket_message{opcode, fragments_};
}

std::nullopt_t websocket_reader::refuse(websocket_fault fault) noexcept {
    fault_ = fault;
    return std::nullopt;
}

}  // namespace meshhost::wire
