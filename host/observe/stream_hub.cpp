// SPDX-License-Identifier: Apache-2.0
#include "observe/stream_hub.hpp"

#include "http/envelope.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

// RFC 6455 section 7.4.1.
constexpr unsigned going_away = 1001;
constexpr unsigned policy_violation = 1008;

proto::change_log::frame make_frame(const json::object& content) {
    return std::make_shared<const std::string>(json::serialize(content));
}

}  // namespace

class stream_hub::client final : public http::websocket_handler,
                                 public std::enable_shared_from_this<client> {
public:
    client(stream_hub& hub, time_point hello_until)
        : hub_(hub)
        , is_hub_alive_(hub.alive_)
        , hello_until_(hello_until) {}

    void on_open(std::shared_ptr<http::websocket> to) override {
        if (is_hub_alive_.expired()) return to->close(going_away, "stopping");
        socket_ = std::move(to);
        hub_.add(shared_from_this());
    }
    void on_text(std::string_view text) override {
        if (!is_hub_alive_.expired()) hub_.greet(*this, text);
    }
    void on_drained() override {
        snapshot_.reset();
        if (is_behind_ && !is_hub_alive_.expired()) catch_up();
    }
    void on_closed() override {
        socket_.reset();
        if (!is_hub_alive_.expired()) hub_.remove(*this);
    }

    void send(const proto::change_log::frame& told) {
        if (socket_) socket_->send(told);
    }
    /// A delta or a tick.
    void tell(const proto::change_log::frame& told) {
        if (!is_greeted_ || is_behind_ || !socket_) return;
        if (socket_->waiting() > unread_max) {
            is_behind_ = true;
            return;
        }
        socket_->send(told);
    }
    void catch_up() {
        is_behind_ = false;
        ++hub_.snapshots_again_;
        hub_.send_snapshot(*this);
    }
    void send_snapshot(const proto::change_log::frame& whole) {
        snapshot_ = whole;
        send(whole);
    }
    bool reads(const proto::change_log::frame& whole) const { return snapshot_.lock() == whole; }
    void cut_off() {
        if (socket_) socket_->cut_off();
    }
    void close(unsigned code, std::string_view reason) {
        if (socket_) socket_->close(code, reason);
    }

    bool is_greeted() const noexcept { return is_greeted_; }
    void set_greeted() noexcept { is_greeted_ = true; }
    time_point hello_until() const noexcept { return hello_until_; }

private:
    stream_hub& hub_;
    std::weak_ptr<bool> is_hub_alive_;
    std::shared_ptr<http::websocket> socket_;
    time_point hello_until_;
    std::weak_ptr<const std::string> snapshot_;  ///< that it has not all of yet
    bool is_greeted_ = false;
    bool is_behind_ = false;
};

stream_hub::stream_hub(net::shard& shard)
    : shard_(shard)
    , timer_(shard, *this) {}

stream_hub::~stream_hub() {
    alive_.reset();
    close();
}

std::shared_ptr<http::websocket_handler> stream_hub::new_client() {
    if (clients_.size() >= clients_max) return nullptr;
    return std::make_shared<client>(*this, shard_.now() + hello_limit);
}

void stream_hub::add(const std::shared_ptr<client>& joined) {
    clients_.push_back(joined);
    timer_.arm(clients_.front()->hello_until());
    source_->set_watchers(clients_.size());
}

void stream_hub::remove(const client& left) {
    std::erase_if(clients_, [&](const auto& each) { return each.get() == &left; });
    source_->set_watchers(clients_.size());
}

void stream_hub::close(std::string_view why) {
    for (const auto& each : std::exchange(clients_, {}))
        each->close(going_away, why);
}

/// Who has not said hello by now has come for something else.
void stream_hub::on_deadline(time_point now) {
    time_point next = no_deadline;
    for (const auto& each : std::vector(clients_)) {
        if (each->is_greeted()) continue;
        if (each->hello_until() <= now)
            each->close(policy_violation, "no hello");
        else
            next = std::min(next, each->hello_until());
    }
    timer_.arm(next);
}

void stream_hub::greet(client& to, std::string_view text) {
    json::error_code fault;
    const auto said = json::parse(json::string_view(text.data(), text.size()), fault);
    const auto* hello = fault ? nullptr : said.if_object();
    const auto* kind = hello == nullptr ? nullptr : hello->if_contains("t");
    const auto* version = hello == nullptr ? nullptr : hello->if_contains("v");
    const bool is_hello = kind != nullptr && kind->is_string() && kind->get_string() == "hello"
                          && version != nullptr && version->is_int64() && version->get_int64() == 1;
    if (!is_hello || to.is_greeted()) {
        to.send(make_frame(
            {{"t", "error"},
             {"code", "E_BAD_HELLO"},
             {"message", R"(the one frame a client sends is {"t":"hello","v":1})"}}
        ));
        return to.close(policy_violation, "no hello");
    }
    to.set_greeted();
    const auto* resume = hello->if_contains("resume");
    if (resume == nullptr || !resume->is_int64() || resume->get_int64() < 0)
        return send_snapshot(to);
    const auto from = static_cast<std::uint64_t>(resume->get_int64());
    if (const auto missed = source_->log().since(from)) {
        to.send(make_frame(
            {{"t", "resumed"},
             {"seq", from},
             {"now", http::format_time(std::chrono::system_clock::now())}}
        ));
        for (const auto& each : *missed)
            to.send(each);
        return;
    }
    const auto oldest = source_->sequence() + 1 - source_->log().changes();
    to.send(make_frame({{"t", "gap"}, {"from", from}, {"oldest", oldest}}));
    send_snapshot(to);
}

void stream_hub::send_snapshot(client& to) {
    const auto whole = source_->snapshot_frame();
    make_room_for(whole);
    to.send_snapshot(whole);
}

void stream_hub::make_room_for(const proto::change_log::frame& snapshot) {
    std::erase_if(snapshots_, [](const auto& each) { return each.expired(); });
    const bool is_shared = std::any_of(snapshots_.begin(), snapshots_.end(), [&](const auto& each) {
        return each.lock() == snapshot;
    });
    if (is_shared) return;
    if (snapshots_.size() >= snapshots_max) {
        const auto oldest = snapshots_.front().lock();
        snapshots_.pop_front();
        for (const auto& each : std::vector(clients_)) {
            if (!each->reads(oldest)) continue;
            ++cut_off_;
            each->cut_off();
        }
    }
    snapshots_.push_back(snapshot);
}

void stream_hub::on_delta(const proto::change_log::frame& told) {
    for (const auto& each : std::vector(clients_))
        each->tell(told);
}

void stream_hub::on_tick(const proto::change_log::frame& told) {
    on_delta(told);
}

}  // namespace meshhost::observe
