// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a shared object says of itself without running: is it ELF for this machine, which ABI does
// its MESH note name, does it export the entry function. Reads bytes only; every offset in the
// file is checked before it is followed.
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::plugin {

/// From the note, or from the table that the entry function returns.
struct abi_numbers {
    std::uint32_t magic = 0;
    std::uint16_t major = 0;
    std::uint16_t minor_built = 0;
    std::uint16_t minor_min = 0;
};

struct plugin_note {
    abi_numbers abi;
    std::string text;  ///< lines of key=value: role, version, vendor, sdk
};

struct plugin_file {
    /// "not an ELF file: ..."; when it is not empty, nothing else was read.
    std::string fault;
    std::optional<plugin_note> note;
    std::size_t exports = 0;  ///< symbols that others can link against
    bool has_entry = false;   ///< mesh_plugin_entry is among them
};

/// Linear in the size of `file`.
plugin_file read_plugin_file(bytes_view file);

/// Of a note's text: the value of the first line with that key; empty without one.
std::string_view note_value(std::string_view text, std::string_view key) noexcept;

}  // namespace meshhost::plugin
