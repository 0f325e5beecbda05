// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/gzip_text.hpp"
#include "unit/observe/unpack_gzip.hpp"

#include <random>

using namespace meshhost;
using observe::proto::gzip_text;

TEST_CASE("observe: text that was packed in pieces comes out as it was", "[observe]") {
    std::mt19937 random(5);
    for (const std::size_t size : {0u, 1u, 1000u, 300'000u}) {
        std::string text;
        gzip_text packed;
        while (text.size() < size) {
            // Half of it repeats, half of it cannot be packed.
            std::string piece(random() % 5000 + 1, 'x');
            if (random() % 2 == 0)
                for (char& each : piece)
                    each = static_cast<char>(random());
            packed.add(piece);
            text += piece;
        }
        packed.add("");
        CHECK(test::unpack_gzip(packed.finish()) == text);
    }
}
