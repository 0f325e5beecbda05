// SPDX-License-Identifier: Apache-2.0
#include "plugin/state_store.hpp"

#include <spdlog/fmt/fmt.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace meshhost::plugin {

using proto::call_error;
using proto::call_result;

namespace {

constexpr const char* file_name = "state.db";

call_result<> check_key(std::string_view key) {
    if (key.empty() || key.size() > proto::state_key_max) {
        return call_error{
            MESH_E_INVALID,
            fmt::format("a key has from 1 to {} bytes", proto::state_key_max)};
    }
    return {};
}

}  // namespace

call_result<std::string_view> state_store::directory() const {
    if (place_.directory.empty()) return call_error{MESH_E_IO, "this host keeps no state"};
    const auto fault = [&](const std::string& words) {
        return call_error{
            MESH_E_IO,
            fmt::format("the state directory {}: {}", place_.directory, words)};
    };
    std::error_code error;
    const std::filesystem::path path(place_.directory);
    std::filesystem::create_directories(path.parent_path(), error);
    if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return fault(std::strerror(errno));
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return fault(std::strerror(errno));
    if (!S_ISDIR(found.st_mode)) return fault("it is not a directory");
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0 && ::chmod(path.c_str(), S_IRWXU) != 0) {
        return fault("others can use it, and it cannot be closed to them");
    }
    return std::string_view(place_.directory);
}

call_result<> state_store::open() {
    if (reader_) return {};
    if (is_closed_) return call_error{MESH_E_STATE, "the state is closed"};
    if (auto made = directory(); !made) return made.error();
    auto file = open_file();
    if (!file) return file.error();
    reader_ = std::move(*file);
    if (auto counted = count(); !counted) {
        reader_.reset();
        return counted;
    }
    return {};
}

/// A damaged file is kept for a person to look at; the role starts anew.
call_result<state_file> state_store::open_file() {
    const auto path = std::filesystem::path(place_.directory) / file_name;
    auto opened = state_file::open(path);
    if (opened || !state_file::is_damaged(opened.error())) return opened;
    const std::string words = opened.error().text;
    opened = call_error{MESH_E_IO, words};  // closes it
    const auto aside = set_aside(path);
    if (aside.empty()) return call_error{MESH_E_IO, words + ", and cannot be set aside"};
    notice_ = fmt::format(
        "{} ({}): set aside as {}; the role starts with an empty state",
        words,
        path.string(),
        aside.string()
    );
    return state_file::open(path);
}

call_result<> state_store::count() {
    auto stored = reader_->used();
    if (!stored) return stored.error();
    std::uint64_t used = *stored;
    call_result<> done;
    stage_.for_each([&](const std::string& key, const proto::state_write& write) {
        if (!done) return;
        const auto before = reader_->read(key, {});
        if (!before) {
            done = before.error();
            return;
        }
        if (*before) used -= key.size() + **before;
        if (write) used += key.size() + write->size();
    });
    if (done) used_ = used;
    return done;
}

call_result<std::optional<std::size_t>> state_store::size_of(std::string_view key) {
    const auto* const staged = stage_.find(key);
    if (staged == nullptr) return reader_->read(key, {});
    if (!*staged) return std::optional<std::size_t>();
    return std::optional<std::size_t>((*staged)->size());
}

call_result<std::size_t> state_store::get(std::string_view key, std::span<std::uint8_t> into) {
    if (auto fit = check_key(key); !fit) return fit.error();
    if (auto done = open(); !done) return done.error();
    const call_error missing{MESH_E_NOT_FOUND, "no such key"};
    if (const auto* const staged = stage_.find(key)) {
        if (!*staged) return missing;
        const byte_buffer& value = **staged;
        if (value.size() <= into.size()) std::copy(value.begin(), value.end(), into.begin());
        return proto::succeed(value.size());
    }
    const auto found = reader_->read(key, into);
    if (!found) return found.error();
    if (!*found) return missing;
    return proto::succeed(**found);
}

call_result<> state_store::stage(std::string_view key, proto::state_write value) {
    if (auto fit = check_key(key); !fit) return fit;
    if (value && value->size() > proto::state_value_max) {
        return call_error{
            MESH_E_TOO_LARGE,
            fmt::format("a value has at most {} bytes", proto::state_value_max)};
    }
    if (auto done = open(); !done) return done;
    const std::size_t size = key.size() + (value ? value->size() : 0);
    if (stage_.staged() >= proto::state_staged_max
        || stage_.staged_bytes() + size > proto::state_staged_bytes_max) {
        return call_error{MESH_E_BUDGET, "too much is staged: commit first"};
    }
    const auto before = size_of(key);
    if (!before) return before.error();
    const std::uint64_t used = used_ - (*before ? key.size() + **before : 0) + (value ? size : 0);
    if (value && used > place_.bytes_max && used > used_) {
        return call_error{
            MESH_E_BUDGET,
            fmt::format(
                "{} bytes of state would exceed the {} that are granted (permission state:SIZE)",
                used,
                place_.bytes_max
            )};
    }
    stage_.write(key, std::move(value));
    used_ = used;
    return {};
}

call_result<std::optional<std::string>> state_store::next_key(std::string_view from, bool after) {
    std::string at(from);
    while (true) {
        auto stored = reader_->next_key(at, after);
        if (!stored) return stored;
        auto staged = stage_.next_key(at, after);
        auto& least = !staged || (*stored && **stored < *staged) ? *stored : staged;
        if (!least) return std::optional<std::string>();
        const auto* const write = stage_.find(*least);
        if (write == nullptr || *write) return std::move(least);
        at = std::move(*least);  // deleted, and the file may not know it yet
        after = true;
    }
}

call_result<std::string_view> state_store::next(std::string_view prefix, std::uint64_t& cursor) {
    if (prefix.size() > proto::state_key_max) return call_error{MESH_E_INVALID, "no such prefix"};
    if (auto done = open(); !done) return done.error();
    const auto known = std::find_if(listings_.begin(), listings_.end(), [&](const listing& each) {
        return each.cursor == cursor;
    });
    if (cursor != 0 && known == listings_.end()) {
        return call_error{MESH_E_INVALID, "that listing is over, or too many others came since"};
    }
    auto key = cursor == 0 ? next_key(prefix, false) : next_key(known->last, true);
    if (!key) return key.error();
    if (known != listings_.end()) listings_.erase(known);
    if (!*key || !(*key)->starts_with(prefix)) return call_error{MESH_E_NOT_FOUND, "no more keys"};
    if (listings_.size() == proto::state_listings_max) listings_.pop_front();
    listings_.push_back({++last_cursor_, **key});
    cursor = last_cursor_;
    return std::string_view(lent_.emplace_back(std::move(**key)));
}

call_result<proto::handle> state_store::commit(std::uint64_t tag) {
    if (auto done = open(); !done) return done.error();
    if (!writer_) {
        auto file = state_file::open(std::filesystem::path(place_.directory) / file_name);
        if (!file) return file.error();
        writer_ = std::make_unique<state_committer>(std::move(*file), events_);
    }
    const proto::handle made = commits_.insert(tag);
    if (made == 0) return call_error{MESH_E_AGAIN, "too many commits are under way"};
    writer_->write(made, stage_.seal());
    return proto::succeed(made);
}

std::optional<std::uint64_t> state_store::finish(const commit_done& done) {
    const std::uint64_t* const tag = commits_.find(done.commit);
    if (tag == nullptr) return std::nullopt;
    const std::uint64_t kept = *tag;
    commits_.erase(done.commit);
    stage_.settle();
    // What it would have changed stays as it was.
    if (done.status != MESH_OK && reader_) static_cast<void>(count());
    return kept;
}

void state_store::take_over(state_store& from) {
    const bool is_idle = commits() + from.commits() == 0;
    if (reader_ || !from.reader_ || !is_idle || place_.directory != from.place_.directory) return;
    reader_ = std::exchange(from.reader_, std::nullopt);
    writer_ = std::move(from.writer_);
    if (!count()) {  // as if it had not been opened
        writer_.reset();
        reader_.reset();
    }
}

void state_store::close() {
    is_closed_ = true;
    writer_.reset();
    reader_.reset();
    commits_.clear();
    stage_ = {};
    listings_.clear();
}

}  // namespace meshhost::plugin
