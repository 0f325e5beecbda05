// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/sim_endpoint.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace {

constexpr std::uint64_t first_group = 1000;

identity::secret_key key_of(bool is_client) {
    const byte_buffer seed(identity::secret_key::seed_size, is_client ? 0xc1 : 0x5e);
    return identity::secret_key::from_seed(seed);
}

}  // namespace

sim_endpoint::sim_endpoint(endpoint_setup setup, carrier& network)
    : setup_(std::move(setup))
    , network_(network)
    , key_(key_of(setup_.is_client)) {
    boot();
}

sim_endpoint::~sim_endpoint() {
    core_.reset();
}

path_id sim_endpoint::open_path(std::vector<std::size_t> wires) {
    const path_id id(first_group + groups_.size());
    groups_.emplace(id, std::move(wires));
    return id;
}

std::vector<std::size_t> sim_endpoint::wires_of(path_id path) const {
    const auto group = groups_.find(path);
    if (group != groups_.end()) return group->second;
    return {static_cast<std::size_t>(path.value) - 1};
}

test_app& sim_endpoint::dial(const quic::dial_parameters& parameters) {
    test_app& app = *apps_.emplace_back(std::make_unique<test_app>());
    app.connection = &core_->dial(parameters, app, network_.now());
    return app;
}

void sim_endpoint::kill() {
    core_.reset();
    tls_.reset();
    for (const auto& app : apps_)
        app->connection = nullptr;
}

void sim_endpoint::boot() {
    MH_ASSERT(core_ == nullptr, "it was killed before");
    tls_ = std::make_unique<quic::tls_context>(key_);
    core_ = std::make_unique<quic::endpoint_core>(setup_.core, *tls_, *this, *this);
}

void sim_endpoint::unblock() {
    sends_left_ = SIZE_MAX;
    core_->resume(network_.now());
}

std::size_t sim_endpoint::paths_retained() const {
    std::size_t uses = 0;
    for (const auto& [path, count] : retained_)
        uses += count;
    return uses;
}

void sim_endpoint::forget_ended() {
    std::erase_if(accepted_, [](const test_app* app) { return app->connection == nullptr; });
    std::erase_if(apps_, [](const auto& app) { return app->connection == nullptr; });
}

void sim_endpoint::receive(std::size_t wire, std::uint8_t ecn, std::span<std::uint8_t> data) {
    if (core_ == nullptr) return;
    if (before_write) before_write();
    core_->receive(path_over(wire), ecn, data, network_.now());
    if (after_write) after_write();
}

void sim_endpoint::run_deadline() {
    if (core_ != nullptr) core_->on_deadline(network_.now());
}

void sim_endpoint::flush() {
    if (core_ == nullptr) return;
    if (before_write) before_write();
    core_->flush(network_.now());
    if (after_write) after_write();
    core_->check_invariants();
}

time_point sim_endpoint::next_deadline() const {
    return core_ == nullptr ? no_deadline : core_->next_deadline();
}

bool sim_endpoint::send(const quic::outgoing& datagrams) {
    MH_ASSERT(datagrams.segment_size > 0, "segments have a length");
    bytes_view rest = datagrams.data;
    while (!rest.empty()) {
        const bytes_view one = rest.first(std::min(rest.size(), datagrams.segment_size));
        rest = rest.subspan(one.size());
        if (recording != nullptr) recording->emplace_back(one.begin(), one.end());
        for (const std::size_t wire : wires_of(datagrams.path))
            network_.carry(setup_.is_client, wire, one, datagrams.ecn);
    }
    if (sends_left_ == SIZE_MAX) return true;
    sends_left_ -= std::min<std::size_t>(sends_left_, 1);
    return sends_left_ > 0;
}

void sim_endpoint::release(path_id path) {
    const auto found = retained_.find(path);
    MH_ASSERT(found != retained_.end(), "a path is released as often as it was retained");
    if (--found->second == 0) retained_.erase(found);
}

void sim_endpoint::settle(path_id dialled, path_id answered) {
    const auto group = groups_.find(dialled);
    if (group != groups_.end()) group->second = wires_of(answered);
}

ip_endpoint sim_endpoint::address_of(path_id path) const {
    const std::vector<std::size_t> wires = wires_of(path);
    if (wires.size() > 1) return {};
    const auto wire = static_cast<std::uint8_t>(wires.front());
    return ip_endpoint::v4({10, 0, 0, wire}, 4433);
}

bool sim_endpoint::is_replay_safe(std::string_view alpn) const {
    return setup_.replay_safe.contains(alpn);
}

quic::connection_sink* sim_endpoint::on_incoming(quic::quic_connection& connection) {
    if (refuse_all) return nullptr;
    test_app& app = *apps_.emplace_back(std::make_unique<test_app>());
    app.connection = &connection;
    accepted_.push_back(&app);
    if (on_accept_app) on_accept_app(app);
    return &app;
}

}  // namespace meshhost::sim
