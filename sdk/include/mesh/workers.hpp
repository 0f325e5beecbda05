// SPDX-License-Identifier: Apache-2.0
#pragma once
// Work that would hold the strand for too long:
//   mesh::workers pool{*this};
//   ...  pool.run([n] { return factor(n); }, [this](std::string found) { answer(found); });
#include <mesh/role.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace mesh {

/// What travels through mesh.worker/1: run on another thread, then ended on the strand.
class job {
public:
    virtual ~job() = default;
    virtual void run() = 0;
    /// MESH_OK, or why it was not run, or failed.
    virtual void end(mesh_status status) = 0;
    std::string words;  ///< what it failed of
};

/// A member of its role.
class workers {
public:
    explicit workers(role& owner)
        : owner_(owner) {}
    workers(const workers&) = delete;
    workers& operator=(const workers&) = delete;

    /// `work` runs on a thread of the host's, beside the strand: it touches nothing that the strand
    /// does. `done` is called with its result on the strand; `failed` when it threw or was not run.
    /// false: too much is under way, try again when some of it is done.
    template <class Work, class Done>
    bool run(
        Work work,
        Done done,
        std::function<void(mesh_status, const std::string&)> failed = {}
    ) {
        using result = std::invoke_result_t<Work&>;
        auto made = std::make_unique<job_of<Work, Done, result>>(std::move(work), std::move(done));
        made->failed = std::move(failed);
        const auto& table = owner_.need<mesh_worker_v1>();
        const auto tag = owner_.handlers_.add(&ended, true);
        const auto status = table.submit(owner_.host_, tag, static_cast<job*>(made.get()));
        if (status < 0) owner_.handlers_.remove(tag);
        if (status == MESH_E_AGAIN || status == MESH_E_CLOSED) return false;
        owner_.check(status, "worker");
        made.release();  // back in ended()
        return true;
    }

private:
    template <class Work, class Done, class Result>
    struct job_of final : job {
        job_of(Work work, Done done)
            : work_(std::move(work))
            , done_(std::move(done)) {}
        void run() override { result_.emplace(work_()); }
        void end(mesh_status status) override {
            if (status == MESH_OK && result_) {
                done_(std::move(*result_));
            } else if (failed) {
                failed(status, words);
            }
        }
        std::function<void(mesh_status, const std::string&)> failed;
        Work work_;
        Done done_;
        std::optional<Result> result_;
    };
    template <class Work, class Done>
    struct job_of<Work, Done, void> final : job {
        job_of(Work work, Done done)
            : work_(std::move(work))
            , done_(std::move(done)) {}
        void run() override { work_(); }
        void end(mesh_status status) override {
            if (status == MESH_OK) {
                done_();
            } else if (failed) {
                failed(status, words);
            }
        }
        std::function<void(mesh_status, const std::string&)> failed;
        Work work_;
        Done done_;
    };

    static void ended(const mesh_event& event) {
        const auto& over = reinterpret_cast<const mesh_ev_work&>(event);
        const std::unique_ptr<job> owned(static_cast<job*>(over.job));
        owned->end(over.status);
    }

    role& owner_;
};

/// mesh.plugin.worker/1 of every role that is written in C++.
inline mesh_status run_job(mesh_instance*, std::uint64_t, void* given) noexcept {
    job& next = *static_cast<job*>(given);
    try {
        next.run();
        return MESH_OK;
    } catch (const error& thrown) {
        next.words = thrown.what();
        return thrown.code();
    } catch (const std::exception& thrown) {
        next.words = thrown.what();
        return MESH_E_PANIC;
    } catch (...) {
        next.words = "non-standard exception";
        return MESH_E_PANIC;
    }
}

inline const void* worker_extension() noexcept {
    static constexpr mesh_plugin_worker_v1 table{sizeof(mesh_plugin_worker_v1), &run_job};
    return &table;
}

}  // namespace mesh
