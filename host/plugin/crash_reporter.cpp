// SPDX-License-Identifier: Apache-2.0
#include "plugin/crash_reporter.hpp"

#include "plugin/stack_sampler.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <execinfo.h>
#include <fstream>
#include <memory>
#include <mutex>
#include <string_view>

namespace meshhost::plugin {

namespace {

constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t crash_stack_size = 64u << 10;
constexpr std::streamoff record_size_max = 64 << 10;  // of its end

bool is_told = false;  ///< on standard error; else only whoever watches the process is
int record_file = -1;
int place_file = -1;

thread_local strand_pulse* crashing_pulse = nullptr;
thread_local std::array<char, 64> crashing_instance{};
thread_local std::array<char, 320> crashing_label{};

/// A line made without memory of its own, as a signal handler must.
class raw_line {
public:
    raw_line& operator<<(std::string_view text) noexcept {
        const std::size_t size = std::min(text.size(), buffer_.size() - size_);
        std::memcpy(buffer_.data() + size_, text.data(), size);
        size_ += size;
        return *this;
    }
    raw_line& number(std::uint64_t value, int base = 10) noexcept {
        const auto [end, error] =
            std::to_chars(buffer_.data() + size_, buffer_.data() + buffer_.size(), value, base);
        if (error == std::errc()) size_ = static_cast<std::size_t>(end - buffer_.data());
        return *this;
    }
    bool write(int file) const noexcept {
        return ::write(file, buffer_.data(), size_) == static_cast<ssize_t>(size_);
    }

private:
    std::array<char, 640> buffer_;
    std::size_t size_ = 0;
};

bool is_in_callback() noexcept {
    return crashing_pulse != nullptr && crashing_pulse->since != 0;
}

void tell_where(raw_line& line, const strand_pulse& pulse) noexcept {
    const std::uintptr_t offset = offset_on_stack(pulse);
    if (offset != 0) (line << ", +0x").number(offset, 16);
    line << " during " << name_of(pulse.doing);
    if (pulse.doing != activity::on_event) return;
    const std::uint32_t kind = pulse.event_kind;
    ((line << "(").number(kind >> 16) << ":").number(kind & 0xffff) << ")";
}

void note(const char* instance) noexcept {
    if (record_file < 0) return;
    raw_line line;
    line.number(static_cast<std::uint64_t>(::time(nullptr))) << " " << instance << "\n";
    if (line.write(record_file)) return;
    raw_line lost;
    lost << "meshhost: that crash cannot be noted, so that it does not count (MP309): "
         << ::strerrorname_np(errno) << "\n";
    lost.write(STDERR_FILENO);
}

/// For whoever watches this process and outlives it.
void leave_place(strand_pulse& pulse) noexcept {
    pulse.sample = offset_on_stack(pulse);
    pulse.sampled_call = pulse.calls.load();
    if (place_file < 0 || pulse.sample == 0) return;
    raw_line line;
    (line << crash_place_mark).number(pulse.sample, 16) << "\n";
    line.write(place_file);
}

/// Code of a role, whose threads may not be the host's.
struct known_code {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::array<char, 64> instance{};
    std::array<char, 320> label{};
};
std::array<known_code, 64> all_code;  ///< of later ones a crash in their own threads is not named
std::atomic<std::size_t> all_code_size = 0;
std::mutex all_code_mutex;

/// A role's own thread has no name of ours: what is on its stack tells.
const known_code* code_on_stack(std::uintptr_t& offset) noexcept {
    std::array<void*, 48> frames{};
    const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    for (int i = 0; i < depth; ++i) {
        const auto at = reinterpret_cast<std::uintptr_t>(frames[static_cast<std::size_t>(i)]);
        for (std::size_t n = 0; n < all_code_size; ++n) {
            if (at < all_code[n].begin || at >= all_code[n].end) continue;
            offset = at - all_code[n].begin;
            return &all_code[n];
        }
    }
    return nullptr;
}

void tell_of_callback(int signal) noexcept {
    leave_place(*crashing_pulse);
    if (!is_told) return;
    raw_line line;
    line << "meshhost: SIG" << ::sigabbrev_np(signal) << " in " << crashing_label.data();
    tell_where(line, *crashing_pulse);
    line << "\n";
    line.write(STDERR_FILENO);
    note(crashing_instance.data());
}

void tell_of_thread(int signal) noexcept {
    std::uintptr_t offset = 0;
    const known_code* const code = is_told ? code_on_stack(offset) : nullptr;
    if (code == nullptr) return;
    raw_line line;
    line << "meshhost: SIG" << ::sigabbrev_np(signal) << " in a thread of " << code->label.data();
    (line << ", +0x").number(offset, 16) << "\n";
    line.write(STDERR_FILENO);
    note(code->instance.data());
}

void on_fatal(int signal) {
    if (is_in_callback())
        tell_of_callback(signal);
    else
        tell_of_thread(signal);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

/// exit() from a callback runs this on the plugin's own thread. What comes after it at an exit
/// would destroy what the host's other threads are using, so that nothing does.
void on_exit_call(int status, void*) {
    if (!is_in_callback()) return;
    leave_place(*crashing_pulse);
    if (!is_told) ::_exit(status);
    raw_line line;
    line << "meshhost: MP311 " << crashing_label.data() << " called exit(";
    line.number(static_cast<std::uint8_t>(status)) << ")";
    tell_where(line, *crashing_pulse);
    line << ": the host goes down with it\n";
    line.write(STDERR_FILENO);
    note(crashing_instance.data());
    ::_exit(status);
}

template <std::size_t Size>
void copy_text(std::array<char, Size>& to, std::string_view from) {
    const std::size_t size = std::min(from.size(), Size - 1);
    std::copy_n(from.begin(), size, to.begin());
    to[size] = '\0';
}

/// What overflowed its stack needs another to say so.
void give_crash_stack() {
    static thread_local std::unique_ptr<char[]> memory;
    if (memory) return;
    memory = std::make_unique<char[]>(crash_stack_size);
    stack_t stack{};
    stack.ss_sp = memory.get();
    stack.ss_size = crash_stack_size;
    ::sigaltstack(&stack, nullptr);
}

void remember_code(const strand_pulse& pulse) {
    const std::lock_guard lock(all_code_mutex);
    const std::size_t size = all_code_size;
    const auto is_it = [&pulse](const known_code& each) {
        return each.begin == pulse.code_begin && each.instance == crashing_instance;
    };
    const auto end = all_code.begin() + static_cast<std::ptrdiff_t>(size);
    if (size == all_code.size() || std::any_of(all_code.begin(), end, is_it)) return;
    all_code[size] = {pulse.code_begin, pulse.code_end, crashing_instance, crashing_label};
    all_code_size = size + 1;
}

void handle_crashes() {
    std::array<void*, 2> frames{};
    ::backtrace(frames.data(), static_cast<int>(frames.size()));  // loads what a handler must not
    struct sigaction action {};
    action.sa_handler = on_fatal;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    for (const int signal : fatal_signals)
        ::sigaction(signal, &action, nullptr);
    ::on_exit(on_exit_call, nullptr);  // atexit() does not tell the status
}

}  // namespace

void report_crashes(const std::filesystem::path& record) {
    is_told = true;
    if (!record.empty()) {
        constexpr int owner_only = 0600;
        record_file = ::open(record.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, owner_only);
    }
    handle_crashes();
}

void leave_crash_places(int file) {
    place_file = file;
    handle_crashes();
}

void name_in_crashes(strand_pulse& pulse, const std::string& instance, const std::string& label) {
    crashing_pulse = &pulse;
    copy_text(crashing_instance, instance);
    copy_text(crashing_label, label);
    remember_code(pulse);
    give_crash_stack();
}

std::vector<noted_crash> read_crashes(const std::filesystem::path& record) {
    std::vector<noted_crash> crashes;
    std::ifstream file(record, std::ios::ate);
    const auto size = static_cast<std::streamoff>(file.tellg());
    const auto from = std::max<std::streamoff>(size - record_size_max, 0);
    file.seekg(from);
    std::string line;
    if (from > 0) std::getline(file, line);  // the rest of one that is not read
    while (std::getline(file, line)) {
        const auto space = line.find(' ');
        std::int64_t seconds = 0;
        const char* const end = line.data() + std::min(space, line.size());
        const bool is_time = std::from_chars(line.data(), end, seconds).ptr == end;
        if (space == std::string::npos || space == 0 || !is_time) continue;
        crashes.push_back({line.substr(space + 1), std::chrono::seconds(seconds)});
    }
    return crashes;
}

bool forget_crashes(const std::filesystem::path& record, const std::string& instance) {
    const auto crashes = read_crashes(record);
    const auto next = std::filesystem::path(record).concat(".new");
    {
        std::ofstream file(next, std::ios::trunc);
        for (const noted_crash& each : crashes) {
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(each.at);
            if (each.instance != instance) file << seconds.count() << " " << each.instance << "\n";
        }
        if (!file.flush()) return false;
    }
    std::error_code error;
    std::filesystem::rename(next, record, error);
    return !error;
}

bool is_crashing(
    const std::vector<noted_crash>& crashes,
    const std::string& instance,
    duration now
) {
    const auto recent = std::count_if(crashes.begin(), crashes.end(), [&](const noted_crash& each) {
        return each.instance == instance && now - each.at < crash_window;
    });
    return static_cast<std::size_t>(recent) >= crashes_tolerated;
}

}  // namespace meshhost::plugin
