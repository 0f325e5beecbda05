// SPDX-License-Identifier: Apache-2.0
#include "observe/event_files.hpp"

#include "base/unique_fd.hpp"
#include "observe/proto/event_line.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

namespace meshhost::observe {

namespace {

constexpr std::string_view prefix = "events-";
constexpr std::string_view suffix = ".jsonl";
constexpr std::size_t batch_bytes = 256u << 10;
constexpr unsigned batches_max = 4;  ///< of one call: it runs between two turns of the loop

/// "events-00000000000000000812.jsonl"; nullopt: another's.
std::optional<std::uint64_t> number_of(const std::string& name) {
    const bool is_ours = name.starts_with(prefix) && name.ends_with(suffix)
                         && name.size() > prefix.size() + suffix.size();
    if (!is_ours) return std::nullopt;
    std::uint64_t number = 0;
    const char* const begin = name.data() + prefix.size();
    const char* const end = name.data() + name.size() - suffix.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

std::string head_of(const std::filesystem::path& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    std::string text(most, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto done = ::write(fd, text.data(), text.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

/// Whoever wrote here last was ended in the middle of a line.
bool ends_torn(int fd, off_t size) {
    char last = '\n';
    return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

event_files::event_files(std::filesystem::path directory, const file_limits& limits)
    : directory_(std::move(directory))
    , limits_(limits) {
    find_segments();
}

std::filesystem::path event_files::path_of(const segment& of) const {
    return directory_ / fmt::format("{}{:020}{}", prefix, of.first, suffix);
}

void event_files::find_segments() {
    std::error_code error;
    std::filesystem::directory_iterator entry(directory_, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        const auto number = number_of(entry->path().filename().string());
        std::error_code unreadable;
        const bool is_file = number && entry->is_regular_file(unreadable);
        const auto bytes = is_file ? entry->file_size(unreadable) : 0;
        if (is_file && !unreadable) segments_.push_back({*number, bytes});
    }
    std::sort(segments_.begin(), segments_.end(), [](const segment& a, const segment& b) {
        return a.first < b.first;
    });
}

std::size_t event_files::total() const noexcept {
    std::size_t bytes = 0;
    for (const auto& each : segments_)
        bytes += each.bytes;
    return bytes;
}

std::vector<telemetry::event> event_files::read(std::size_t most) {
    std::vector<telemetry::event> newest_first;
    std::size_t bytes = 0;
    const auto is_enough = [&] {
        return newest_first.size() >= most || bytes >= limits_.restored_bytes;
    };
    for (auto of = segments_.rbegin(); of != segments_.rend() && !is_enough(); ++of) {
        const auto text = head_of(path_of(*of), 2 * limits_.segment_bytes);
        for (auto end = text.size(); end > 0 && !is_enough();) {
            const auto feed = text.rfind('\n', end - 1);
            // What follows the last newline is torn; else a line ends with one.
            const auto line_end = feed == end - 1 ? end - 1 : end;
            const auto before = line_end == 0 ? std::string::npos : text.rfind('\n', line_end - 1);
            const auto begin = before == std::string::npos ? 0 : before + 1;
            const auto line = std::string_view(text).substr(begin, line_end - begin);
            bytes += line.size() + 1;
            if (auto event = proto::event_of(line))
                newest_first.push_back(std::move(*event));
            else if (!line.empty())
                ++torn_;
            end = begin;
        }
    }
    std::reverse(newest_first.begin(), newest_first.end());
    restored_ = newest_first.size();
    return newest_first;
}

void event_files::keep(const telemetry::event_source& journal, time_point now) {
    if (now < not_before_) return;
    if (journal.oldest() > next_) {
        lost_ += journal.oldest() - next_;
        next_ = journal.oldest();
    }
    for (unsigned batch = 0; batch < batches_max && next_ < journal.next(); ++batch) {
        std::string lines;
        auto end = next_;
        for (; end < journal.next() && lines.size() < batch_bytes; ++end)
            lines += proto::line_of(*journal.find(end));
        if (!append(lines, next_)) {
            ++failures_;
            last_error_ = std::strerror(errno);
            not_before_ = now + limits_.retry;
            return;
        }
        written_ += end - next_;
        next_ = end;
        last_error_.clear();
    }
}

/// False: errno says why, and nothing of it is there.
bool event_files::append(const std::string& lines, std::uint64_t first) {
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    const bool is_full =
        !segments_.empty() && segments_.back().bytes + lines.size() > limits_.segment_bytes;
    segment to = segments_.empty() || is_full ? segment{} : segments_.back();
    if (segments_.empty() || is_full)
        to.first = segments_.empty() ? first : std::max(first, segments_.back().first + 1);
    make_room(lines.size());
    if (!write(to, lines)) return false;
    if (segments_.empty() || segments_.back().first != to.first) segments_.push_back(to);
    segments_.back().bytes += lines.size();
    return true;
}

bool event_files::write(const segment& to, const std::string& lines) {
    constexpr ::mode_t owner_only = 0600;
    const unique_fd file(
        ::open(path_of(to).c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, owner_only)
    );
    if (!file) return false;
    struct ::stat before {};
    if (::fstat(file.get(), &before) != 0) return false;
    const bool is_torn = ends_torn(file.get(), before.st_size);
    if (write_all(file.get(), is_torn ? "\n" + lines : lines)) return true;
    const int why = errno;
    // A part of it may be there; where it cannot be taken back, its last line is torn.
    [[maybe_unused]] const int taken_back = ::ftruncate(file.get(), before.st_size);
    errno = why;
    return false;
}

void event_files::make_room(std::size_t bytes) {
    while (segments_.size() > 1 && total() + bytes > limits_.total_bytes) {
        std::error_code gone;
        std::filesystem::remove(path_of(segments_.front()), gone);
        segments_.pop_front();
    }
}

std::vector<std::pair<std::string, std::uint64_t>> event_files::counters() const {
    return {
        {"segments", segments_.size()},
        {"file_bytes", total()},
        {"written", written_},
        {"restored", restored_},
        {"torn_lines", torn_},
        {"write_failures", failures_},
        {"lost", lost_}};
}

std::string event_files::trouble() const {
    if (last_error_.empty()) return "";
    return fmt::format(
        "events cannot be written to {}: {}; they are kept in memory, and it is tried again every "
        "{} s ({} failures, {} events lost)",
        directory_.string(),
        last_error_,
        std::chrono::duration_cast<std::chrono::seconds>(limits_.retry).count(),
        failures_,
        lost_
    );
}

}  // namespace meshhost::observe
