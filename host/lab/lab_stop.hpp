// SPDX-License-Identifier: Apache-2.0
#pragma once
// Ends a lab, whatever state it is in.
#include "lab/model/lab_record.hpp"

namespace meshhost::lab {

struct stop_options {
    bool keep_dir = false;  ///< leave logs and results where they are
};

struct stop_result {
    std::size_t ran = 0;     ///< hosts that ran when it began
    std::size_t killed = 0;  ///< that did not stop when they were told to
};

/// Asks the keeper, then whoever is left: TERM, a wait, KILL. Then the directory goes. To end a lab
/// that has ended is no error. Errors: E_LAB_STUCK, E_LAB_DIR.
outcome<stop_result> stop_lab(const model::lab_record& lab, stop_options options);

}  // namespace meshhost::lab
