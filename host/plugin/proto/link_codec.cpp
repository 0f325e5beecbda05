// SPDX-License-Identifier: Apache-2.0
// postcard over the fields of the messages, which Boost.PFR enumerates: a message needs no code of
// its own. A type that has no rule here does not compile.
#include "plugin/proto/link_codec.hpp"

#include "plugin/proto/worker_link.hpp"
#include "wire/postcard.hpp"

#include <boost/pfr/core.hpp>

#include <type_traits>
#include <utility>
#include <vector>

namespace meshhost::plugin::proto {

namespace {

using identity::endpoint_id;

template <class T>
struct is_variant : std::false_type {};
template <class... T>
struct is_variant<std::variant<T...>> : std::true_type {};

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
struct is_byte_array : std::false_type {};
template <std::size_t N>
struct is_byte_array<std::array<std::uint8_t, N>> : std::true_type {};

template <class T>
struct is_duration : std::false_type {};
template <class Rep, class Period>
struct is_duration<std::chrono::duration<Rep, Period>> : std::true_type {};

// --- writing

template <class T>
void write(wire::postcard_writer& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        out.boolean(value);
    } else if constexpr (std::is_enum_v<T>) {
        write(out, static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
        out.f64(value);
    } else if constexpr (std::is_signed_v<T>) {
        out.i64(value);
    } else if constexpr (std::is_unsigned_v<T>) {
        out.varint(value);
    } else if constexpr (is_duration<T>::value) {
        out.i64(value.count());
    } else if constexpr (std::is_same_v<T, time_point>) {
        out.i64(value.time_since_epoch().count());
    } else if constexpr (std::is_same_v<T, std::string>) {
        out.bytes(as_bytes(value));
    } else if constexpr (std::is_same_v<T, byte_buffer>) {
        out.bytes(value);
    } else if constexpr (std::is_same_v<T, endpoint_id>) {
        out.fixed(value.bytes());
    } else if constexpr (is_byte_array<T>::value) {
        out.fixed(value);
    } else if constexpr (std::is_same_v<T, std::monostate>) {
    } else if constexpr (is_optional<T>::value) {
        out.option(value.has_value());
        if (value) write(out, *value);
    } else if constexpr (is_vector<T>::value) {
        out.varint(value.size());
        for (const auto& each : value)
            write(out, each);
    } else if constexpr (is_variant<T>::value) {
        out.varint(value.index());
        std::visit([&out](const auto& held) { write(out, held); }, value);
    } else {
        static_assert(std::is_aggregate_v<T>);
        boost::pfr::for_each_field(value, [&out](const auto& field) { write(out, field); });
    }
}

// --- reading

template <class T>
void read(wire::postcard_reader& in, T& value);

template <class Variant, std::size_t... I>
void read_alternative(wire::postcard_reader& in, Variant& value, std::size_t index, std::index_sequence<I...>) {
    const auto read_if = [&](auto wanted) {
        if (index == wanted) read(in, value.template emplace<wanted>());
    };
    (read_if(std::integral_constant<std::size_t, I>{}), ...);
}

template <class T>
void read_integer(wire::postcard_reader& in, T& value) {
    if constexpr (std::is_signed_v<T>) {
        const std::int64_t wide = in.i64();
        value = static_cast<T>(wide);
        if (value != wide) in.fail();
    } else {
        const std::uint64_t wide = in.u64();
        value = static_cast<T>(wide);
        if (value != wide) in.fail();
    }
}

void read_id(wire::postcard_reader& in, endpoint_id& value) {
    // All zeros is no key, and stands for nobody.
    const bytes_view bytes = in.fixed(endpoint_id::size);
    if (!in.ok()) return;
    const auto id = endpoint_id::from_bytes(bytes);
    const endpoint_id nobody;
    if (id) {
        value = *id;
    } else if (!std::equal(bytes.begin(), bytes.end(), nobody.bytes().begin())) {
        in.fail();
    }
}

template <class T>
void read(wire::postcard_reader& in, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        value = in.boolean();
    } else if constexpr (std::is_enum_v<T>) {
        std::underlying_type_t<T> number{};
        read(in, number);
        value = static_cast<T>(number);
    } else if constexpr (std::is_floating_point_v<T>) {
        value = in.f64();
    } else if constexpr (std::is_integral_v<T>) {
        read_integer(in, value);
    } else if constexpr (is_duration<T>::value) {
        value = T(in.i64());
    } else if constexpr (std::is_same_v<T, time_point>) {
        value = time_point(duration(in.i64()));
    } else if constexpr (std::is_same_v<T, std::string>) {
        value = std::string(as_text(in.bytes(link_message_max)));
    } else if constexpr (std::is_same_v<T, byte_buffer>) {
        const bytes_view bytes = in.bytes(link_message_max);
        value.assign(bytes.begin(), bytes.end());
    } else if constexpr (std::is_same_v<T, endpoint_id>) {
        read_id(in, value);
    } else if constexpr (is_byte_array<T>::value) {
        value = in.array<std::tuple_size_v<T>>();
    } else if constexpr (std::is_same_v<T, std::monostate>) {
    } else if constexpr (is_optional<T>::value) {
        if (in.option()) read(in, value.emplace());
    } else if constexpr (is_vector<T>::value) {
        const std::size_t count = in.count(link_items_max);
        for (std::size_t i = 0; i < count && in.ok(); ++i)
            read(in, value.emplace_back());
    } else if constexpr (is_variant<T>::value) {
        const std::uint64_t index = in.u64();
        if (index >= std::variant_size_v<T>) return in.fail();
        read_alternative(in, value, index, std::make_index_sequence<std::variant_size_v<T>>{});
    } else {
        static_assert(std::is_aggregate_v<T>);
        boost::pfr::for_each_field(value, [&in](auto& field) { read(in, field); });
    }
}

template <class Message>
std::optional<Message> decode(bytes_view bytes) {
    wire::postcard_reader in(bytes);
    std::optional<Message> message(std::in_place);
    read(in, *message);
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return message;
}

// --- weighing

template <class T>
std::size_t weigh(const T& value) {
    if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, byte_buffer>) {
        return value.size();
    } else if constexpr (is_optional<T>::value) {
        return value ? weigh(*value) : 0;
    } else if constexpr (is_vector<T>::value) {
        std::size_t sum = 0;
        for (const auto& each : value)
            sum += sizeof each + weigh(each);
        return sum;
    } else if constexpr (is_variant<T>::value) {
        return std::visit([](const auto& held) { return weigh(held); }, value);
    } else if constexpr (std::is_scalar_v<T> || is_duration<T>::value || is_byte_array<T>::value || std::is_same_v<T, time_point> || std::is_same_v<T, endpoint_id> || std::is_same_v<T, std::monostate>) {
        return 0;
    } else {
        std::size_t sum = 0;
        boost::pfr::for_each_field(value, [&sum](const auto& field) { sum += weigh(field); });
        return sum;
    }
}

template <class Message>
void append(const Message& message, byte_buffer& out) {
    wire::postcard_writer writer(out);
    write(writer, message);
}

}  // namespace

void encode(const up_message& message, byte_buffer& out) {
    append(message, out);
}

void encode(const down_message& message, byte_buffer& out) {
    append(message, out);
}

std::optional<up_message> decode_up(bytes_view bytes) {
    return decode<up_message>(bytes);
}

std::optional<down_message> decode_down(bytes_view bytes) {
    return decode<down_message>(bytes);
}

void encode(const to_worker& message, byte_buffer& out) {
    append(message, out);
}

void encode(const from_worker& message, byte_buffer& out) {
    append(message, out);
}

std::optional<to_worker> decode_to_worker(bytes_view bytes) {
    return decode<to_worker>(bytes);
}

std::optional<from_worker> decode_from_worker(bytes_view bytes) {
    return decode<from_worker>(bytes);
}

std::size_t payload_size(const up_message& message) {
    return weigh(message);
}

std::size_t payload_size(const down_message& message) {
    return weigh(message);
}

}  // namespace meshhost::plugin::proto
