// SPDX-License-Identifier: Apache-2.0
#include "lab/faults.hpp"

#include "lab/host_api.hpp"
#include "lab/lab_dir.hpp"
#include "lab/model/fields.hpp"
#include "lab/process.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace meshhost::lab {
namespace {

/// What the hosts were told last, by name: a host replaces what it had, so all faults are told
/// together. Beside lab.json, which is the keeper's.
class fault_book {
public:
    explicit fault_book(const model::lab_record& lab)
        : lab_(lab)
        , file_(lab.dir / "faults.json") {
        boost::json::error_code ec;
        const auto parsed = boost::json::parse(read_file(file_).value_or("{}"), ec);
        if (!ec && parsed.is_object()) faults_ = parsed.get_object();
    }

    void set(const std::string& name, std::string_view key, boost::json::value value) {
        auto& entry = faults_[name];
        if (!entry.is_object()) entry = boost::json::object();
        entry.get_object()[key] = std::move(value);
    }

    /// To a list: what is in it once stays there once.
    void add(const std::string& name, std::string_view key, const boost::json::value& value) {
        auto& entry = faults_[name];
        if (!entry.is_object()) entry = boost::json::object();
        auto& list = entry.get_object()[key];
        if (!list.is_array()) list = boost::json::array();
        auto& all = list.get_array();
        if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(value);
    }

    void clear() {
        for (auto& [name, fault] : faults_)
            fault = boost::json::object();
    }

    /// Tells every host that runs and that anything was ever set for.
    outcome<void> tell() const {
        for (const auto* node : lab_.processes()) {  // of the relay nothing is ever set
            const auto* fault = faults_.if_contains(node->name);
            const bool runs = state_of(node->process) == process_state::running;
            if (fault == nullptr || !fault->is_object() || !runs) continue;
            const auto told = post(lab_.socket_of(*node), "/v1/lab/faults", fault->get_object());
            if (!told) return told.error();
        }
        return write_file(file_, boost::json::serialize(faults_));
    }

private:
    const model::lab_record& lab_;
    std::filesystem::path file_;
    boost::json::object faults_;
};

}  // namespace

/// The observer is on the side of most, unless somebody said where: as a bridge between the sides
/// it would tell each of the other.
outcome<void> partition(
    const model::lab_record& lab,
    const std::vector<std::vector<std::string>>& named
) {
    auto groups = named;
    const std::string observer(model::observer_name);
    const bool is_named = std::any_of(groups.begin(), groups.end(), [&](const auto& group) {
        return std::find(group.begin(), group.end(), observer) != group.end();
    });
    if (lab.observer && !is_named && !groups.empty())
        std::max_element(groups.begin(), groups.end(), [](const auto& one, const auto& other) {
            return one.size() < other.size();
        })->push_back(observer);
    fault_book book(lab);
    for (const auto& group : groups) {
        boost::json::array addresses;
        boost::json::array ids;
        for (const auto& other : groups) {
            if (&other == &group) continue;
            for (const auto& name : other) {
                const auto* node = lab.find(name);
                if (node == nullptr || node->address.empty()) continue;
                addresses.emplace_back(node->address);
                ids.emplace_back(node->id);
            }
        }
        for (const auto& name : group) {
            book.set(name, "block", addresses);
            book.set(name, "block_relayed", ids);
        }
    }
    return book.tell();
}

outcome<void> keep_to_relay(const model::lab_record& lab, const std::vector<std::string>& names) {
    fault_book book(lab);
    for (const auto& name : names)
        for (const auto& other : names)
            if (const auto* node = lab.find(other); name != other && !node->address.empty())
                book.add(name, "block", boost::json::value(node->address));
    return book.tell();
}

outcome<void> lose(
    const model::lab_record& lab,
    const std::vector<std::string>& names,
    double share
) {
    fault_book book(lab);
    for (const auto& name : names)
        book.set(name, "loss", share);
    return book.tell();
}

outcome<void> heal(const model::lab_record& lab) {
    fault_book book(lab);
    book.clear();
    return book.tell();
}

}  // namespace meshhost::lab
