// SPDX-License-Identifier: Apache-2.0
// BLAKE3 after sections 2.1 to 2.5 of its paper. A hash is a binary tree: chunks of 1,024 bytes
// are its leaves, and every left subtree is the largest complete one that leaves something right.
#include "identity/content_hash.hpp"

#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace meshhost::identity {

namespace {

constexpr std::size_t block_size = 64;
constexpr std::size_t chunk_size = 1024;

enum flag : std::uint32_t {
    chunk_start = 1,
    chunk_end = 2,
    parent = 4,
    root = 8,
    derive_key_context = 32,
    derive_key_material = 64,
};

using chaining_value = std::array<std::uint32_t, 8>;
using block_words = std::array<std::uint32_t, 16>;

constexpr chaining_value initial_value{
    0x6a09e667,
    0xbb67ae85,
    0x3c6ef372,
    0xa54ff53a,
    0x510e527f,
    0x9b05688c,
    0x1f83d9ab,
    0x5be0cd19};

constexpr std::array<std::uint8_t, 16>
    permutation{2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
constexpr int rounds = 7;

/// The arguments of the last compression of a node: with the root flag it gives the hash, without
/// it the node's chaining value.
struct node {
    chaining_value input;
    block_words block;
    std::uint64_t counter;
    std::uint32_t length;
    std::uint32_t flags;
};

void mix(block_words& v, int a, int b, int c, int d, std::uint32_t x, std::uint32_t y) noexcept {
    const auto at = [&v](int i) -> std::uint32_t& { return v[static_cast<std::size_t>(i)]; };
    at(a) += at(b) + x;
    at(d) = std::rotr(at(d) ^ at(a), 16);
    at(c) += at(d);
    at(b) = std::rotr(at(b) ^ at(c), 12);
    at(a) += at(b) + y;
    at(d) = std::rotr(at(d) ^ at(a), 8);
    at(c) += at(d);
    at(b) = std::rotr(at(b) ^ at(c), 7);
}

void mix_round(block_words& v, const block_words& m) noexcept {
    mix(v, 0, 4, 8, 12, m[0], m[1]);  // the columns
    mix(v, 1, 5, 9, 13, m[2], m[3]);
    mix(v, 2, 6, 10, 14, m[4], m[5]);
    mix(v, 3, 7, 11, 15, m[6], m[7]);
    mix(v, 0, 5, 10, 15, m[8], m[9]);  // the diagonals
    mix(v, 1, 6, 11, 12, m[10], m[11]);
    mix(v, 2, 7, 8, 13, m[12], m[13]);
    mix(v, 3, 4, 9, 14, m[14], m[15]);
}

block_words permuted(const block_words& words) noexcept {
    block_words out;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = words[permutation[i]];
    return out;
}

/// The first eight words of the compression function's output; a hash and a chaining value need
/// no more.
chaining_value compress(const node& n) noexcept {
    block_words v;
    std::copy(n.input.begin(), n.input.end(), v.begin());
    std::copy_n(initial_value.begin(), 4, v.begin() + 8);
    v[12] = static_cast<std::uint32_t>(n.counter);
    v[13] = static_cast<std::uint32_t>(n.counter >> 32);
    v[14] = n.length;
    v[15] = n.flags;
    block_words words = n.block;
    for (int round = 0; round < rounds; ++round) {
        mix_round(v, words);
        words = permuted(words);
    }
    chaining_value out;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = v[i] ^ v[i + 8];
    return out;
}

/// What the whole tree is computed under (section 2.3 of the paper).
struct mode {
    chaining_value key = initial_value;
    std::uint32_t flags = 0;  ///< of every compression
};

/// Up to 64 bytes as little-endian words, padded with zeros.
block_words load_block(bytes_view bytes) noexcept {
    std::array<std::uint8_t, block_size> padded{};
    std::copy(bytes.begin(), bytes.end(), padded.begin());
    block_words words;
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = boost::endian::load_little_u32(padded.data() + i * 4);
    return words;
}

/// Precondition: at most 1,024 bytes.
node chunk_node(bytes_view chunk, std::uint64_t number, const mode& under) noexcept {
    node at{under.key, {}, number, 0, under.flags | chunk_start};
    while (chunk.size() > block_size) {
        at.block = load_block(chunk.first(block_size));
        at.length = block_size;
        at.input = compress(at);
        at.flags = under.flags;
        chunk = chunk.subspan(block_size);
    }
    at.block = load_block(chunk);
    at.length = static_cast<std::uint32_t>(chunk.size());
    at.flags |= chunk_end;
    return at;
}

/// The node over `content`, whose first chunk has this number. As deep as a hash's tree: 54 levels
/// for all the bytes there can be.
node tree_node(bytes_view content, std::uint64_t number, const mode& under) noexcept {
    if (content.size() <= chunk_size) return chunk_node(content, number, under);
    const std::size_t left_chunks = std::bit_floor((content.size() - 1) / chunk_size);
    const std::size_t left_size = left_chunks * chunk_size;
    const chaining_value left = compress(tree_node(content.first(left_size), number, under));
    const chaining_value right =
        compress(tree_node(content.subspan(left_size), number + left_chunks, under));
    node at{under.key, {}, 0, block_size, under.flags | parent};
    std::copy(left.begin(), left.end(), at.block.begin());
    std::copy(right.begin(), right.end(), at.block.begin() + 8);
    return at;
}

chaining_value root_words(bytes_view content, const mode& under) noexcept {
    node top = tree_node(content, 0, under);
    top.flags |= root;
    return compress(top);
}

std::array<std::uint8_t, content_hash::size> to_bytes(const chaining_value& words) noexcept {
    std::array<std::uint8_t, content_hash::size> out{};
    for (std::size_t i = 0; i < words.size(); ++i)
        boost::endian::store_little_u32(out.data() + i * 4, words[i]);
    return out;
}

}  // namespace

content_hash hash_content(bytes_view content) noexcept {
    return {to_bytes(root_words(content, {}))};
}

std::array<std::uint8_t, content_hash::size> derive_key(
    std::string_view context,
    bytes_view material
) noexcept {
    const mode of_context{initial_value, derive_key_context};
    const mode of_material{root_words(as_bytes(context), of_context), derive_key_material};
    return to_bytes(root_words(material, of_material));
}

}  // namespace meshhost::identity
