// SPDX-License-Identifier: Apache-2.0
#pragma once
// The allocator of ngtcp2's objects. ngtcp2 takes its small objects from blocks of 8 KiB, several
// a connection, of which an idle connection uses the first few hundred bytes. From the heap such
// a block lies across three pages, dirty from its former use; here each begins on a page of its
// own, so that what is never used never becomes resident. Everything else is malloc's.
#include <ngtcp2/ngtcp2.h>

#include <cstddef>
#include <vector>

namespace meshhost::quic {

/// Outlives the connections that use it. One thread. Keeps what the most connections at one time
/// needed; when the last block is free, more than one chunk of 768 KiB goes back to the system.
class connection_memory {
public:
    connection_memory();
    connection_memory(const connection_memory&) = delete;
    connection_memory& operator=(const connection_memory&) = delete;
    ~connection_memory();

    const ngtcp2_mem* get() const noexcept { return &table_; }
    std::size_t blocks_in_use() const noexcept { return in_use_; }

private:
    static void* allocate(std::size_t size, void* self);
    static void* allocate_zeroed(std::size_t count, std::size_t size, void* self);
    static void* reallocate(void* memory, std::size_t size, void* self);
    static void release(void* memory, void* self);

    void* take_block();
    bool owns(const void* memory) const noexcept;
    void return_block(void* memory);
    bool add_chunk();
    void unmap_all() noexcept;

    ngtcp2_mem table_;
    std::vector<std::byte*> chunks_;  ///< sorted by address
    void* free_ = nullptr;            ///< a list through the returned blocks' first bytes
    std::byte* fresh_ = nullptr;      ///< blocks of the newest chunk that were never taken …
    std::byte* fresh_end_ = nullptr;  ///< … up to here
    std::size_t in_use_ = 0;
};

}  // namespace meshhost::quic
