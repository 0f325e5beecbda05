// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the host itself says with the codes of connections and streams, which belong to plugins
// otherwise: above 0x6d657368'0000 ("mesh"), where no protocol is likely to have its own. The
// values are settled: plugins on other hosts read them (docs/abi.md).
#include <cstdint>

namespace meshhost::plugin::proto::stream_code {

inline constexpr std::uint64_t base = 0x6d65'7368'0000;
inline constexpr std::uint64_t stopped = base + 1;     ///< the role stopped, failed or never ran
inline constexpr std::uint64_t unanswered = base + 2;  ///< neither accepted nor rejected in time
inline constexpr std::uint64_t too_many = base + 3;    ///< a limit of connections or streams
inline constexpr std::uint64_t unread = base + 4;      ///< too much was received and not read
inline constexpr std::uint64_t taken = base + 5;       ///< another instance listens on the ALPN
inline constexpr std::uint64_t no_listener = base + 6;
inline constexpr std::uint64_t misused = base + 7;  ///< the instance wrote more than it may
/// No application closed it: plus the transport's cause, in the order of quic::close_cause.
inline constexpr std::uint64_t lost = base + 0x100;

inline constexpr std::uint64_t max = (std::uint64_t{1} << 62) - 1;  ///< RFC 9000: a varint

}  // namespace meshhost::plugin::proto::stream_code
