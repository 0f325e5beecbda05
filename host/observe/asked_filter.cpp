// SPDX-License-Identifier: Apache-2.0
#include "observe/asked_filter.hpp"

#include "admin/request_fields.hpp"

#include <fmt/format.h>

namespace meshhost::observe {

outcome<proto::node_filter> read_filter(const http::request& asked) {
    proto::node_filter where(admin::text_at(asked.query, "where"));
    if (where.errors().empty()) return where;
    return admin::bad_request(fmt::format("where: {}", fmt::join(where.errors(), "; ")));
}

}  // namespace meshhost::observe
