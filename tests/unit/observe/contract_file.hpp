// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the observer and the dashboard have to agree upon: tests/contract.
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <fstream>
#include <sstream>
#include <string>

namespace meshhost::test {

inline boost::json::object read_contract(const std::string& name) {
    std::ifstream file(MESHHOST_CONTRACT_DIR "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return boost::json::parse(text.str()).as_object();
}

}  // namespace meshhost::test
