// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether this build keeps notes on each byte of its memory, as AddressSanitizer and
// ThreadSanitizer do: terabytes of address space, which the kernel counts as data.

namespace meshhost {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool has_shadow_memory = true;
#elif defined(__has_feature)  // clang
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool has_shadow_memory = true;
#    else
inline constexpr bool has_shadow_memory = false;
#    endif
#else
inline constexpr bool has_shadow_memory = false;
#endif

}  // namespace meshhost
