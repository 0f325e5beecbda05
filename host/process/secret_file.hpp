// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is shared and nobody else may read.
#include "base/bytes.hpp"
#include "base/error.hpp"

#include <filesystem>

namespace meshhost::process {

/// For whoever reads of what is wrong with it.
struct secret_file_terms {
    const char* code;              ///< "E_MESH_SECRET"
    const char* what;              ///< "the mesh's secret"
    const char* key;               ///< "mesh.secret_file"
    const char* remedy = nullptr;  ///< for a file that will not do; null: the usual words
};

/// 1 to 1024 bytes, without the line break at their end; nothing for an empty path.
/// Errors: `terms.code` (not_permitted when others can read it, too).
outcome<byte_buffer> read_secret_file(
    const std::filesystem::path& file,
    const secret_file_terms& terms
);

}  // namespace meshhost::process
