// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place that includes Catch2, so that a move to its next major is one change; and how
// Catch2 prints our results.
#include "base/error.hpp"

#include <catch2/catch.hpp>

/// REQUIRE(some_outcome) shows the failure when there is one.
template <class T>
struct Catch::StringMaker<meshhost::outcome<T>> {
    static std::string convert(const meshhost::outcome<T>& outcome) {
        if (outcome.has_value()) return "a value";
        return outcome.error().code + ": " + outcome.error().message;
    }
};
