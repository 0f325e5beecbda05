// SPDX-License-Identifier: Apache-2.0
#include "ours/bench_service.hpp"

#include <array>

namespace meshhost::bench {

namespace {

class served_stream final : public transport::stream_handler {
public:
    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        const std::size_t size = data.size();
        if (mark_ == 0 && !data.empty()) {
            mark_ = data.front();
            data = data.subspan(1);
        }
        received_ += data.size();
        if (mark_ == echo_mark) return echo(from, data, size, fin);
        from.consume(size);
        if (fin && mark_ == sink_mark) reply(from);
    }

    void on_writable(transport::stream& to) override {
        const std::size_t taken = to.write(waiting_, fin_waits_);
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
        to.consume(taken);
    }

private:
    /// Credit goes back for what was written on, so that no more than the peer's window waits.
    void echo(transport::stream& to, bytes_view data, std::size_t credit, bool fin) {
        const std::size_t taken = waiting_.empty() ? to.write(data, fin) : 0;
        const bytes_view left = data.subspan(taken);
        waiting_.insert(waiting_.end(), left.begin(), left.end());
        fin_waits_ = fin && !left.empty();
        to.consume(credit - left.size());
    }

    void reply(transport::stream& to) {
        std::array<std::uint8_t, sizeof received_> count;
        for (std::size_t i = 0; i < count.size(); ++i)
            count[i] = static_cast<std::uint8_t>(received_ >> (8 * i));
        to.write(count, true);
    }

    std::uint8_t mark_ = 0;  ///< 0: it has not come yet
    std::uint64_t received_ = 0;
    byte_buffer waiting_;  ///< to be echoed
    bool fin_waits_ = false;
};

class served_connection final : public transport::connection_handler {
public:
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        opened->set_handler(std::make_shared<served_stream>());
    }
};

}  // namespace

void bench_service::on_connection(std::shared_ptr<transport::connection> incoming) {
    incoming->set_handler(std::make_shared<served_connection>());
}

}  // namespace meshhost::bench
