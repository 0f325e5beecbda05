// SPDX-License-Identifier: Apache-2.0
#include "quic/connection_memory.hpp"

#include "base/assert.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace meshhost::quic {

namespace {

constexpr std::size_t block_size_min = 8192;  // ngtcp2's block, then its header
constexpr std::size_t block_size_max = 8192 + 256;
constexpr std::size_t block_stride = 3 * 4096;
constexpr std::size_t blocks_per_chunk = 64;
constexpr std::size_t chunk_size = block_stride * blocks_per_chunk;

connection_memory& memory_of(void* self) {
    return *static_cast<connection_memory*>(self);
}

bool is_block(std::size_t size) {
    return size >= block_size_min && size <= block_size_max;
}

}  // namespace

connection_memory::connection_memory()
    : table_{this, allocate, release, allocate_zeroed, reallocate} {}

connection_memory::~connection_memory() {
    MH_ASSERT(in_use_ == 0, "connections end before their memory");
    unmap_all();
}

void* connection_memory::allocate(std::size_t size, void* self) {
    void* const block = is_block(size) ? memory_of(self).take_block() : nullptr;
    return block != nullptr ? block : std::malloc(size);
}

void* connection_memory::allocate_zeroed(std::size_t count, std::size_t size, void*) {
    return std::calloc(count, size);
}

void* connection_memory::reallocate(void* memory, std::size_t size, void* self) {
    if (!memory_of(self).owns(memory)) return std::realloc(memory, size);
    void* const moved = std::malloc(size);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, memory, std::min(size, block_size_min));
    memory_of(self).return_block(memory);
    return moved;
}

void connection_memory::release(void* memory, void* self) {
    if (memory_of(self).owns(memory)) return memory_of(self).return_block(memory);
    std::free(memory);
}

void* connection_memory::take_block() {
    if (free_ != nullptr) {
        void* const block = free_;
        std::memcpy(&free_, block, sizeof free_);
        ++in_use_;
        return block;
    }
    if (fresh_ == fresh_end_ && !add_chunk()) return nullptr;
    ++in_use_;
    return std::exchange(fresh_, fresh_ + block_stride);
}

void connection_memory::return_block(void* memory) {
    std::memcpy(memory, &free_, sizeof free_);
    free_ = memory;
    if (--in_use_ == 0 && chunks_.size() > 1) unmap_all();
}

bool connection_memory::owns(const void* memory) const noexcept {
    const auto* const at = static_cast<const std::byte*>(memory);
    const auto after = std::upper_bound(chunks_.begin(), chunks_.end(), at);
    return after != chunks_.begin() && at < *(after - 1) + chunk_size;
}

bool connection_memory::add_chunk() {
    void* const mapped =
        ::mmap(nullptr, chunk_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return false;
    auto* const chunk = static_cast<std::byte*>(mapped);
    chunks_.insert(std::upper_bound(chunks_.begin(), chunks_.end(), chunk), chunk);
    fresh_ = chunk;
    fresh_end_ = chunk + chunk_size;
    return true;
}

void connection_memory::unmap_all() noexcept {
    for (std::byte* const chunk : chunks_)
        ::munmap(chunk, chunk_size);
    chunks_.clear();
    free_ = nullptr;
    fresh_ = fresh_end_ = nullptr;
}

}  // namespace meshhost::quic
