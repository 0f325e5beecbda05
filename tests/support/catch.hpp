// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place that includes Catch2, so that a move to its next major is one change.
#include <catch2/catch.hpp>
