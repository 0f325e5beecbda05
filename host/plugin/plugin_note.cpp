// SPDX-License-Identifier: Apache-2.0
// ELF-64: System V ABI, gABI 4.1, chapters 4 and 5.
#include "plugin/plugin_note.hpp"

#include <mesh/plugin.h>

#include <spdlog/fmt/fmt.h>

#include <array>
#include <cstring>
#include <elf.h>
#include <string_view>
#include <type_traits>

namespace meshhost::plugin {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half host_machine = EM_X86_64;
constexpr std::string_view host_machine_name = "x86-64";
#elif defined(__aarch64__)
constexpr Elf64_Half host_machine = EM_AARCH64;
constexpr std::string_view host_machine_name = "aarch64";
#else
#    error "the plugin ABI is defined for x86-64 and aarch64"
#endif

constexpr std::string_view note_owner{"MESH\0", 5};
constexpr std::string_view entry_symbol = "mesh_plugin_entry";
constexpr std::size_t note_text_max = 4096;

/// The part of `file` from `offset` on, `size` bytes long; empty when it does not lie inside.
bytes_view part(bytes_view file, std::uint64_t offset, std::uint64_t size) noexcept {
    if (offset > file.size() || size > file.size() - offset) return {};
    return file.subspan(offset, size);
}

/// The file is not aligned in memory as its structures would like: copy them out.
template <class T>
std::optional<T> read(bytes_view file, std::uint64_t offset) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    const bytes_view from = part(file, offset, sizeof(T));
    if (from.empty()) return std::nullopt;
    T out;
    std::memcpy(&out, from.data(), sizeof out);
    return out;
}

std::uint64_t align_up(std::uint64_t size, std::uint64_t alignment) noexcept {
    return (size + alignment - 1) / alignment * alignment;
}

/// Why the file is no shared object for this machine; empty when it is one.
std::string header_fault(const Elf64_Ehdr& header) {
    constexpr std::string_view rebuild = "rebuild the plugin for this machine";
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
        return fmt::format("not a 64-bit little-endian ELF file: {}", rebuild);
    }
    if (header.e_machine != host_machine) {
        return fmt::format(
            "built for machine {}, this host is {} ({})",
            header.e_machine,
            host_machine_name,
            host_machine
        );
    }
    if (header.e_type != ET_DYN) return "not a shared object: link the plugin with -shared";
    return {};
}

/// A file that is being copied while it is read ends too soon; its code would be mapped all the
/// same.
bool is_cut_off(bytes_view file, const Elf64_Ehdr& header) {
    const auto is_inside = [&file](std::uint64_t offset, std::uint64_t size) {
        return offset <= file.size() && size <= file.size() - offset;
    };
    if (!is_inside(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr))) return true;
    if (header.e_phentsize != sizeof(Elf64_Phdr)) return false;
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
        const auto segment = read<Elf64_Phdr>(file, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (!segment) return true;
        if (segment->p_type == PT_LOAD && !is_inside(segment->p_offset, segment->p_filesz))
            return true;
    }
    return false;
}

/// The MESH note of one PT_NOTE segment, whose entries are aligned to 4 bytes, or to 8 in a
/// segment that is (GNU properties).
std::optional<plugin_note> find_note(bytes_view segment, std::uint64_t alignment) {
    std::uint64_t at = 0;
    while (const auto header = read<Elf64_Nhdr>(segment, at)) {
        const std::uint64_t name_at = at + sizeof(Elf64_Nhdr);
        const std::uint64_t desc_at = align_up(name_at + header->n_namesz, alignment);
        const bytes_view name = part(segment, name_at, header->n_namesz);
        const bytes_view desc = part(segment, desc_at, header->n_descsz);
        at = align_up(desc_at + header->n_descsz, alignment);
        if (as_text(name) != note_owner || header->n_type != MESH_NOTE_TYPE) continue;
        plugin_note note;
        const auto magic = read<std::uint32_t>(desc, 0);
        const auto numbers = read<std::array<std::uint16_t, 4>>(desc, sizeof(std::uint32_t));
        if (!magic || !numbers) continue;
        note.abi = {*magic, (*numbers)[0], (*numbers)[1], (*numbers)[2]};
        const std::string_view text = as_text(desc.subspan(12)).substr(0, note_text_max);
        note.text = text.substr(0, text.find('\0'));
        return note;
    }
    return std::nullopt;
}

std::optional<plugin_note> find_note(bytes_view file, const Elf64_Ehdr& header) {
    if (header.e_phentsize != sizeof(Elf64_Phdr)) return std::nullopt;
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
        const auto segment = read<Elf64_Phdr>(file, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (!segment) return std::nullopt;
        if (segment->p_type != PT_NOTE) continue;
        const bytes_view notes = part(file, segment->p_offset, segment->p_filesz);
        if (auto note = find_note(notes, segment->p_align == 8 ? 8 : 4)) return note;
    }
    return std::nullopt;
}

bool is_exported(const Elf64_Sym& symbol) noexcept {
    const auto binding = ELF64_ST_BIND(symbol.st_info);
    const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    return symbol.st_shndx != SHN_UNDEF
           && (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE)
           && (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

bool is_named(bytes_view names, const Elf64_Sym& symbol, std::string_view wanted) noexcept {
    const bytes_view name = part(names, symbol.st_name, wanted.size() + 1);
    return !name.empty() && name.back() == 0 && as_text(name.first(wanted.size())) == wanted;
}

void count_exports(bytes_view file, const Elf64_Ehdr& header, plugin_file& into) {
    if (header.e_shentsize != sizeof(Elf64_Shdr)) return;
    const auto section = [&](std::uint64_t index) -> std::optional<Elf64_Shdr> {
        if (index >= header.e_shnum) return std::nullopt;
        return read<Elf64_Shdr>(file, header.e_shoff + index * sizeof(Elf64_Shdr));
    };
    for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
        const auto symbols = section(i);
        if (!symbols) return;
        if (symbols->sh_type != SHT_DYNSYM) continue;
        const auto strings = section(symbols->sh_link);
        if (!strings) return;
        const bytes_view table = part(file, symbols->sh_offset, symbols->sh_size);
        const bytes_view names = part(file, strings->sh_offset, strings->sh_size);
        for (std::uint64_t at = 0; const auto symbol = read<Elf64_Sym>(table, at);
             at += sizeof(Elf64_Sym)) {
            if (!is_exported(*symbol)) continue;
            ++into.exports;
            into.has_entry = into.has_entry || is_named(names, *symbol, entry_symbol);
        }
        return;  // a shared object has one
    }
}

}  // namespace

plugin_file read_plugin_file(bytes_view file) {
    plugin_file out;
    const auto header = read<Elf64_Ehdr>(file, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
        out.fault = "not an ELF file: a plugin is a shared object built with the mesh SDK";
        return out;
    }
    out.fault = header_fault(*header);
    if (!out.fault.empty()) return out;
    if (is_cut_off(file, *header)) {
        out.fault = fmt::format("cut off after {} bytes: copy it again", file.size());
        return out;
    }
    out.note = find_note(file, *header);
    count_exports(file, *header, out);
    return out;
}

std::string_view note_value(std::string_view text, std::string_view key) noexcept {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
            return line.substr(key.size() + 1);
    }
    return {};
}

}  // namespace meshhost::plugin
