// SPDX-License-Identifier: Apache-2.0
// Real plugins, and the same with bytes changed.
#include "plugin/plugin_note.hpp"
#include "plugin/sealed_image.hpp"
#include "plugin_bench.hpp"
#include "support/catch.hpp"

#include <cstring>
#include <elf.h>

using namespace meshhost;
using namespace meshhost::plugin;

namespace {

byte_buffer file_of(const std::string& path) {
    const auto image = sealed_image::copy_of(path);
    REQUIRE(image.has_value());
    return {image->bytes().begin(), image->bytes().end()};
}

/// `change` works on the ELF header.
template <class Change>
plugin_file with_header(byte_buffer file, Change change) {
    Elf64_Ehdr header;
    std::memcpy(&header, file.data(), sizeof header);
    change(header);
    std::memcpy(file.data(), &header, sizeof header);
    return read_plugin_file(file);
}

}  // namespace

TEST_CASE("plugin note: a real plugin is read", "[plugin][note]") {
    const auto read = read_plugin_file(file_of(test::role_plugin("compute")));
    CHECK(read.fault.empty());
    REQUIRE(read.note);
    CHECK(read.note->abi.magic == 0x3148534d);
    CHECK(read.note->abi.major == 1);
    CHECK(read.note->abi.minor_built == 0);
    CHECK(read.note->abi.minor_min == 0);
    CHECK(read.note->text == "role=compute\nversion=0.1.0\nvendor=meshhost\nsdk=cpp 1.0.0\n");
    CHECK(read.has_entry);
    CHECK(read.exports == 1);  // the version script hides the rest
}

TEST_CASE("plugin note: another shared object has neither note nor entry", "[plugin][note]") {
    const auto read = read_plugin_file(file_of("/lib/x86_64-linux-gnu/libc.so.6"));
    CHECK(read.fault.empty());
    CHECK_FALSE(read.note);
    CHECK_FALSE(read.has_entry);
    CHECK(read.exports > 1000);
}

TEST_CASE("plugin note: what is not for this machine is named", "[plugin][note]") {
    const auto file = file_of(test::test_plugin("plain_c"));
    const auto other_machine = with_header(file, [](Elf64_Ehdr& h) { h.e_machine = EM_S390; });
    CHECK(other_machine.fault == "built for machine 22, this host is x86-64 (62)");
    const auto small = with_header(file, [](Elf64_Ehdr& h) { h.e_ident[EI_CLASS] = ELFCLASS32; });
    CHECK(small.fault.starts_with("not a 64-bit little-endian ELF file"));
    const auto program = with_header(file, [](Elf64_Ehdr& h) { h.e_type = ET_EXEC; });
    CHECK(program.fault == "not a shared object: link the plugin with -shared");
    const auto text = with_header(file, [](Elf64_Ehdr& h) { h.e_ident[0] = '#'; });
    CHECK(text.fault.starts_with("not an ELF file"));
}

TEST_CASE("plugin note: tables that lie outside the file are not there", "[plugin][note]") {
    const auto file = file_of(test::test_plugin("plain_c"));
    const auto no_segments =
        with_header(file, [](Elf64_Ehdr& h) { h.e_phoff = ~Elf64_Off{0} - 8; });
    CHECK_FALSE(no_segments.note);
    const auto no_sections =
        with_header(file, [](Elf64_Ehdr& h) { h.e_shoff = ~Elf64_Off{0} - 8; });
    CHECK_FALSE(no_sections.has_entry);
    CHECK(no_sections.fault.starts_with("cut off after"));
    const auto odd_sizes =
        with_header(file, [](Elf64_Ehdr& h) { h.e_phentsize = h.e_shentsize = 1; });
    CHECK_FALSE(odd_sizes.note);
    CHECK_FALSE(odd_sizes.has_entry);
}

TEST_CASE("plugin note: a file may end anywhere", "[plugin][note]") {
    const auto file = file_of(test::test_plugin("plain_c"));
    for (std::size_t size = 0; size < file.size(); size += 7)
        read_plugin_file(bytes_view(file).first(size));
    CHECK(read_plugin_file(bytes_view(file).first(63)).fault.starts_with("not an ELF file"));
    for (const std::size_t size : {std::size_t{64}, file.size() / 2, file.size() - 1})
        CHECK(read_plugin_file(bytes_view(file).first(size)).fault.starts_with("cut off after"));
    CHECK(read_plugin_file(file).fault.empty());
}
