// SPDX-License-Identifier: Apache-2.0
#include "config/config_files.hpp"

#include "base/unique_fd.hpp"
#include "config/config_check.hpp"
#include "config/paths.hpp"
#include "config/problem_list.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace meshhost::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t conf_d_files_max = 256;

/// What reading gave: texts to load, and what could not be read.
struct file_set {
    std::vector<config_source> texts;
    config_problems problems;
};

config_problem file_problem(const fs::path& path, std::string message) {
    config_problem problem;
    problem.where = as_given(path.string());
    problem.message = std::move(message);
    return problem;
}

config_problem unreadable(const fs::path& path, int error) {
    config_problem problem =
        file_problem(path, std::string("cannot be read: ") + std::strerror(error));
    if (error == EACCES || error == EPERM) {
        problem.exit = exit_code::not_permitted;
        problem.hint = "make it readable for the user that runs meshhost";
    }
    return problem;
}

/// Reads up to the limit and one byte more, by which the loader sees that there is more.
void read_file(const fs::path& path, file_set& files) {
    // Not blocking, for the sake of a named pipe that nobody writes to.
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat entry {};
    if (!file || ::fstat(file.get(), &entry) != 0) {
        files.problems.push_back(unreadable(path, errno));
        return;
    }
    if (!S_ISREG(entry.st_mode)) {
        const bool directory = S_ISDIR(entry.st_mode);
        const std::string kind = directory ? "is a directory, not a file" : "is not a regular file";
        files.problems.push_back(file_problem(path, kind));
        return;
    }
    std::string text(config_file_bytes_max + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return files.problems.push_back(unreadable(path, errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    files.texts.push_back({as_given(path.string()), std::move(text)});
}

/// The *.toml files of a conf.d directory, by name. None when there is no such directory.
std::vector<fs::path> list_directory(const fs::path& dir, file_set& files) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (name.ends_with(".toml") && !name.starts_with('.')) paths.push_back(entry->path());
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        files.problems.push_back(unreadable(dir, error.value()));
    }
    std::sort(paths.begin(), paths.end());
    if (paths.size() > conf_d_files_max) {
        const std::string limit = std::to_string(conf_d_files_max);
        files.problems.push_back(file_problem(dir, "holds more than " + limit + " files"));
        paths.resize(conf_d_files_max);
    }
    return paths;
}

file_set read_files(const std::vector<fs::path>& named) {
    file_set files;
    std::vector<fs::path> directories;
    for (const fs::path& path : named) {
        read_file(path, files);
        fs::path directory = path.parent_path() / "conf.d";
        if (std::find(directories.begin(), directories.end(), directory) == directories.end()) {
            directories.push_back(std::move(directory));
        }
    }
    for (const fs::path& directory : directories) {
        for (const fs::path& path : list_directory(directory, files))
            read_file(path, files);
    }
    return files;
}

/// The usual file need not be there; its conf.d is looked at all the same.
file_set read_usual_files() {
    file_set files = read_files({default_config_file()});
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(default_config_file(), ignored))) {
        files.problems.erase(files.problems.begin());
    }
    return files;
}

bool is_error(const config_problem& problem) {
    return problem.severity == severity::error;
}

}  // namespace

fs::path default_config_file() {
    return "/etc/meshhost/meshhost.toml";
}

config_result read_config(const config_request& request, const surroundings& around) {
    file_set files = request.files.empty() ? read_usual_files() : read_files(request.files);
    config_result loaded =
        load_config({std::move(files.texts), around.environment, request.sets, request.flags});
    if (!loaded) {
        const config_problems more = loaded.error().problems;
        files.problems.insert(files.problems.end(), more.begin(), more.end());
    }
    if (!files.problems.empty()) return config_failure{std::move(files.problems)};
    fill_in_defaults(*loaded, around);
    config_problems found = check_config(*loaded);
    if (std::any_of(found.begin(), found.end(), is_error)) return config_failure{std::move(found)};
    loaded->warnings = std::move(found);
    return loaded;
}

}  // namespace meshhost::config
