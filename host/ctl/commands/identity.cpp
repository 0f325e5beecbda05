// SPDX-License-Identifier: Apache-2.0
#include "config/config_files.hpp"
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/views.hpp"
#include "http/envelope.hpp"
#include "identity/endpoint_addr.hpp"
#include "identity/key_file.hpp"

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

boost::json::object describe(
    const identity::secret_key& key,
    const std::filesystem::path& key_file
) {
    const auto& id = key.id();
    return {
        {"id", id.to_hex()},
        {"base32", id.to_base32()},
        {"z32", id.to_z32()},
        {"ticket", identity::format_ticket({id, {}, {}})},
        {"addresses", boost::json::array()},
        {"key_file", key_file.string()}};
}

void show(const boost::json::object& data, console& out) {
    if (out.is_text())
        out.print(identity_text(data));
    else
        out.print(http::make_envelope("identity", data));
}

class identity_show final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("--key-file", key_file_, "read this key instead of asking a host")
            ->type_name("PATH");
    }

    outcome<verdict> run(workplace& here) override {
        if (key_file_.empty()) return ask(here);
        const auto key = identity::load_key_file(key_file_);
        if (!key) return key.error();
        show(describe(*key, key_file_), here.out);
        return verdict{};
    }

private:
    static outcome<verdict> ask(workplace& here) {
        const auto envelope = here.api.get("/v1/identity");
        if (!envelope) {
            auto error = envelope.error();
            if (error.exit == exit_code::no_daemon)
                error.hint = "start meshhost, or name a key file: --key-file PATH";
            return error;
        }
        if (here.out.is_text())
            here.out.print(identity_text(object_in(*envelope, "data")));
        else
            here.out.print(*envelope);
        return verdict{};
    }

    std::filesystem::path key_file_;
};

class identity_mint final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("--key-file", key_file_, "where to; without it, where the host looks")
            ->type_name("PATH");
    }

    outcome<verdict> run(workplace& here) override {
        if (key_file_.empty()) {
            config::config_request request;
            if (!here.options.instance.empty())
                request.sets.push_back("node.instance=" + here.options.instance);
            const auto loaded = config::read_config(request, here.around);
            if (!loaded) return config::to_failure(loaded.error());
            key_file_ = loaded->values.identity.key_file;
        }
        const auto key = identity::create_key_file(key_file_, identity::secret_key::generate());
        if (!key) return key.error();
        show(describe(*key, key_file_), here.out);
        return verdict{};
    }

private:
    std::filesystem::path key_file_;
};

}  // namespace

std::unique_ptr<command> make_identity_show() {
    return std::make_unique<identity_show>();
}

std::unique_ptr<command> make_identity_mint() {
    return std::make_unique<identity_mint>();
}

}  // namespace meshhost::ctl
