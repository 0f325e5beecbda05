// SPDX-License-Identifier: Apache-2.0
#include "lab/lab_dir.hpp"

#include "base/near_miss.hpp"
#include "base/unique_fd.hpp"
#include "config/paths.hpp"

#include <boost/algorithm/string/join.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

namespace meshhost::lab {
namespace {

namespace fs = std::filesystem;

constexpr const char* record_name = "lab.json";

failure dir_failure(const fs::path& path, std::string_view what, int error) {
    const bool forbidden = error == EACCES || error == EPERM || error == EROFS;
    return {
        forbidden ? exit_code::not_permitted : exit_code::failure,
        "E_LAB_DIR",
        fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(error)),
        "is its directory there, and yours to write? A lab is kept elsewhere with --dir DIR"};
}

outcome<void> write_all(int file, std::string_view text, const fs::path& path) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return dir_failure(path, "write", errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

fs::path labs_dir(const config::surroundings& around) {
    const auto runtime = around.variable("XDG_RUNTIME_DIR");
    if (runtime && fs::path(*runtime).is_absolute()) return fs::path(*runtime) / "meshhost-lab";
    return config::private_tmp_dir(around) / "lab";
}

fs::path dir_for(const lab_choice& choice, const config::surroundings& around) {
    if (!choice.dir.empty()) return fs::absolute(choice.dir).lexically_normal();
    return labs_dir(around) / choice.name;
}

outcome<void> create_lab_dir(const fs::path& dir) {
    std::error_code ec;
    if (fs::exists(dir / record_name, ec))
        return failure{
            exit_code::failure,
            "E_LAB_EXISTS",
            fmt::format("there is a lab in {} already", dir.string()),
            "end it with meshctl lab down, or name another: --name NAME"};
    if (fs::is_directory(dir, ec) && !fs::is_empty(dir, ec))
        return failure{
            exit_code::failure,
            "E_LAB_EXISTS",
            fmt::format("{} is not empty", dir.string()),
            "a lab takes a directory of its own, which it removes in the end"};
    return config::make_private_dir(dir);
}

std::vector<std::string> list_labs(const config::surroundings& around) {
    std::vector<std::string> names;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(labs_dir(around), ec))
        if (fs::exists(entry.path() / record_name, ec)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

outcome<model::lab_record> load_lab(const fs::path& dir) {
    const auto text = read_file(dir / record_name);
    if (!text)
        return failure{
            exit_code::unreachable,
            "E_NO_LAB",
            fmt::format("there is no lab in {}", dir.string()),
            "make one with meshctl lab up"};
    return model::read_lab(*text, dir);
}

outcome<model::lab_record> find_lab(const lab_choice& choice, const config::surroundings& around) {
    if (!choice.dir.empty()) return load_lab(dir_for(choice, around));
    const auto names = list_labs(around);
    if (choice.name.empty() && names.size() > 1)
        return failure{
            exit_code::usage,
            "E_AMBIGUOUS",
            fmt::format("there are several labs: {}", boost::algorithm::join(names, ", ")),
            "name one of them: --name NAME"};
    if (choice.name.empty() && names.empty())
        return failure{
            exit_code::unreachable,
            "E_NO_LAB",
            "there is no lab",
            "make one with meshctl lab up"};
    const auto& name = choice.name.empty() ? names.front() : choice.name;
    auto found = load_lab(labs_dir(around) / name);
    if (found || found.error().code != "E_NO_LAB") return found;
    auto error = found.error();
    error.message = fmt::format("there is no lab called \"{}\"", name);
    if (const auto meant = nearest(name, names))
        error.message += fmt::format("; did you mean \"{}\"?", *meant);
    return error;
}

outcome<void> save_lab(const model::lab_record& lab) {
    return write_file(lab.dir / record_name, boost::json::serialize(model::to_json(lab)) + "\n");
}

outcome<void> write_file(const fs::path& file, std::string_view text) {
    const fs::path fresh = file.string() + ".new";
    {
        const unique_fd out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!out) return dir_failure(fresh, "make", errno);
        if (const auto done = write_all(out.get(), text, fresh); !done) {
            ::unlink(fresh.c_str());
            return done.error();
        }
    }
    if (std::rename(fresh.c_str(), file.c_str()) != 0) return dir_failure(file, "replace", errno);
    return {};
}

std::optional<std::string> read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

outcome<void> append_line(const fs::path& file, std::string_view line) {
    const unique_fd out(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!out) return dir_failure(file, "open", errno);
    return write_all(out.get(), std::string(line) + "\n", file);
}

outcome<void> remove_lab_dir(const fs::path& dir) {
    std::error_code ec;
    if (!fs::exists(dir / record_name, ec)) return {};
    fs::remove_all(dir, ec);
    if (ec) return dir_failure(dir, "remove", ec.value());
    return {};
}

}  // namespace meshhost::lab
