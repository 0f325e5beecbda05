// SPDX-License-Identifier: Apache-2.0
// ELF-64: System V ABI, gABI 4.1, chapters 4 and 5; symbol versions: LSB 5.0, 10.7.
#include "check/elf_facts.hpp"

#include <charconv>
#include <cstring>
#include <elf.h>
#include <optional>
#include <string_view>

namespace meshhost::check {

namespace {

constexpr std::size_t names_max = 65536;  // of each kind: a bound for damaged files

bytes_view part(bytes_view file, std::uint64_t offset, std::uint64_t size) noexcept {
    if (offset > file.size() || size > file.size() - offset) return {};
    return file.subspan(offset, size);
}

template <class T>
std::optional<T> read(bytes_view file, std::uint64_t offset) noexcept {
    const bytes_view from = part(file, offset, sizeof(T));
    if (from.empty()) return std::nullopt;
    T out;
    std::memcpy(&out, from.data(), sizeof out);
    return out;
}

std::string text_at(bytes_view strings, std::uint64_t offset) {
    if (offset >= strings.size()) return {};
    const std::string_view rest = as_text(strings.subspan(offset));
    return std::string(rest.substr(0, rest.find('\0')));
}

/// A section's content, and that of the string table it names.
struct section {
    Elf64_Shdr header{};
    bytes_view content;
    bytes_view strings;
    std::string name;
};

std::vector<section> read_sections(bytes_view file, const Elf64_Ehdr& header) {
    std::vector<section> sections;
    if (header.e_shentsize != sizeof(Elf64_Shdr)) return sections;
    const auto header_of = [&](std::uint64_t i) {
        return i < header.e_shnum ? read<Elf64_Shdr>(file, header.e_shoff + i * sizeof(Elf64_Shdr))
                                  : std::nullopt;
    };
    const auto content_of = [&](const std::optional<Elf64_Shdr>& of) {
        return of && of->sh_type != SHT_NOBITS ? part(file, of->sh_offset, of->sh_size)
                                               : bytes_view();
    };
    const bytes_view names = content_of(header_of(header.e_shstrndx));
    for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
        const auto each = header_of(i);
        if (!each) break;
        sections.push_back(
            {*each,
             content_of(each),
             content_of(header_of(each->sh_link)),
             text_at(names, each->sh_name)}
        );
    }
    return sections;
}

void read_symbols(const section& from, elf_facts& into) {
    for (std::uint64_t at = sizeof(Elf64_Sym);
         const auto symbol = read<Elf64_Sym>(from.content, at);
         at += sizeof(Elf64_Sym)) {
        const auto binding = ELF64_ST_BIND(symbol->st_info);
        const auto visibility = ELF64_ST_VISIBILITY(symbol->st_other);
        if (binding == STB_LOCAL || into.exports.size() + into.imports.size() >= names_max)
            continue;
        std::string name = text_at(from.strings, symbol->st_name);
        if (symbol->st_shndx == SHN_UNDEF) {
            into.imports.push_back(std::move(name));
        } else if (visibility == STV_DEFAULT || visibility == STV_PROTECTED) {
            if (symbol->st_shndx == SHN_ABS && ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT)
                continue;  // the name of a symbol version
            if (binding == STB_GNU_UNIQUE) into.uniques.push_back(name);
            into.exports.push_back(std::move(name));
        }
    }
}

void read_dynamic(const section& from, elf_facts& into) {
    for (std::uint64_t at = 0; const auto entry = read<Elf64_Dyn>(from.content, at);
         at += sizeof(Elf64_Dyn)) {
        switch (entry->d_tag) {
        case DT_NULL:
            return;
        case DT_NEEDED:
            if (into.needed.size() < names_max)
                into.needed.push_back(text_at(from.strings, entry->d_un.d_val));
            break;
        case DT_RPATH:
        case DT_RUNPATH:
            into.run_path = text_at(from.strings, entry->d_un.d_val);
            break;
        case DT_TEXTREL:
            into.has_text_relocations = true;
            break;
        case DT_BIND_NOW:
            into.binds_now = true;
            break;
        case DT_FLAGS:
            into.has_text_relocations |= (entry->d_un.d_val & DF_TEXTREL) != 0;
            into.binds_now |= (entry->d_un.d_val & DF_BIND_NOW) != 0;
            break;
        case DT_FLAGS_1:
            into.binds_now |= (entry->d_un.d_val & DF_1_NOW) != 0;
            break;
        default:
            break;
        }
    }
}

/// Which versions of which libraries it was linked against.
void read_version_needs(const section& from, elf_facts& into) {
    constexpr std::string_view glibc = "GLIBC_";
    std::uint64_t at = 0;
    for (std::size_t files = 0; files < names_max; ++files) {
        const auto need = read<Elf64_Verneed>(from.content, at);
        if (!need) return;
        std::uint64_t aux_at = at + need->vn_aux;
        for (std::uint16_t i = 0; i < need->vn_cnt; ++i) {
            const auto aux = read<Elf64_Vernaux>(from.content, aux_at);
            if (!aux) break;
            const std::string name = text_at(from.strings, aux->vna_name);
            if (name.starts_with(glibc)) {
                const std::string version = name.substr(glibc.size());
                const bool is_number = version.find_first_not_of("0123456789.") == version.npos;
                if (is_number && compare_versions(version, into.glibc) > 0) into.glibc = version;
            }
            if (aux->vna_next == 0) break;
            aux_at += aux->vna_next;
        }
        if (need->vn_next == 0) return;
        at += need->vn_next;
    }
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) noexcept {
    while (!a.empty() || !b.empty()) {
        unsigned left = 0;
        unsigned right = 0;
        const auto cut = [](std::string_view& rest, unsigned& number) {
            const std::string_view piece = rest.substr(0, rest.find('.'));
            std::from_chars(piece.data(), piece.data() + piece.size(), number);
            rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
        };
        cut(a, left);
        cut(b, right);
        if (left != right) return left < right ? -1 : 1;
    }
    return 0;
}

elf_facts read_elf_facts(bytes_view file) {
    elf_facts facts;
    const auto header = read<Elf64_Ehdr>(file, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return facts;
    facts.has_executable_stack = true;  // what a missing PT_GNU_STACK means
    for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
        const auto segment = read<Elf64_Phdr>(file, header->e_phoff + i * sizeof(Elf64_Phdr));
        if (segment && segment->p_type == PT_GNU_STACK)
            facts.has_executable_stack = (segment->p_flags & PF_X) != 0;
    }
    for (const section& each : read_sections(file, *header)) {
        if (each.header.sh_type == SHT_DYNSYM) read_symbols(each, facts);
        if (each.header.sh_type == SHT_DYNAMIC) read_dynamic(each, facts);
        if (each.header.sh_type == SHT_GNU_verneed) read_version_needs(each, facts);
        facts.is_go = facts.is_go || each.name.starts_with(".go.buildinfo")
                      || each.name == ".note.go.buildid";
    }
    return facts;
}

}  // namespace meshhost::check
