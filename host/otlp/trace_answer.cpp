// SPDX-License-Identifier: Apache-2.0
#include "otlp/trace_answer.hpp"

#include <boost/json/serialize.hpp>

#include <protozero/pbf_writer.hpp>

namespace meshhost::otlp {

namespace {

namespace json = boost::json;
using protozero::pbf_writer;

enum response_field : protozero::pbf_tag_type { partial_success = 1 };
enum partial_field : protozero::pbf_tag_type { rejected_spans_field = 1, error_message = 2 };
enum status_field : protozero::pbf_tag_type { status_code = 1, status_message = 2 };

}  // namespace

const char* content_type_of(encoding in) noexcept {
    return in == encoding::protobuf ? "application/x-protobuf" : "application/json";
}

std::string encode_answer(encoding in, std::uint64_t rejected, std::string_view why) {
    if (in == encoding::json) {
        json::object whole;
        if (rejected > 0)
            whole["partialSuccess"] = {
                {"rejectedSpans", std::to_string(rejected)},
                {"errorMessage", why}};
        return json::serialize(whole);
    }
    std::string out;
    if (rejected > 0) {
        pbf_writer whole(out);
        pbf_writer partial(whole, partial_success);
        partial.add_int64(rejected_spans_field, static_cast<std::int64_t>(rejected));
        partial.add_string(error_message, why.data(), why.size());
    }
    return out;
}

std::string encode_status(encoding in, int code, std::string_view message) {
    if (in == encoding::json)
        return json::serialize(json::object{{"code", code}, {"message", message}});
    std::string out;
    pbf_writer whole(out);
    whole.add_int32(status_code, code);
    whole.add_string(status_message, message.data(), message.size());
    return out;
}

}  // namespace meshhost::otlp
