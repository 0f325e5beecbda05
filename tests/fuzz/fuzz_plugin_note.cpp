// SPDX-License-Identifier: Apache-2.0
// plugin_note: any bytes are read or refused; what is read of them lies inside them.
#include "base/assert.hpp"
#include "plugin/abi_check.hpp"
#include "plugin/plugin_note.hpp"

using namespace meshhost;
using namespace meshhost::plugin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const plugin_file file = read_plugin_file(bytes_view(data, size));
    if (!file.fault.empty()) {
        MH_ASSERT(!file.note && file.exports == 0, "a file that is refused is not read");
    }
    MH_ASSERT(file.exports > 0 || !file.has_entry, "the entry is one of the exports");
    if (file.note) MH_ASSERT(file.note->text.size() < size, "the text is part of the file");
    static_cast<void>(check_file(file));
    return 0;
}
