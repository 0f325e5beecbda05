// SPDX-License-Identifier: Apache-2.0
#include "app/dashboard_setup.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/temp_dir.hpp"

#include <fstream>

using namespace meshhost;
using namespace meshhost::app;

namespace fs = std::filesystem;

namespace {

constexpr const char* good = "0123456789abcdef";

struct stage {
    stage() { settings.token_file = dir / "token"; }

    void write(const std::string& text, fs::perms mode = fs::perms::owner_read) {
        fs::remove(settings.token_file);
        std::ofstream(settings.token_file) << text;
        fs::permissions(settings.token_file, mode);
    }
    failure refusal() const {
        const auto opened = open_dashboard_access(settings);
        REQUIRE_FALSE(opened.has_value());
        return opened.error();
    }

    test::temp_dir dir;
    config::observe_config settings;
};

}  // namespace

TEST_CASE("app: a dashboard's token is what its file holds", "[app]") {
    stage at;
    at.write(std::string(good) + "\n");
    const auto opened = open_dashboard_access(at.settings);
    REQUIRE(opened.has_value());
    CHECK(opened->token == good);
    CHECK(opened->tls == nullptr);
    CHECK(open_dashboard_access({})->token.empty());
}

TEST_CASE("app: a token that can be guessed, read or not be written in a link is none", "[app]") {
    stage at;
    CHECK(at.refusal().code == "E_DASHBOARD_TOKEN");  // no file
    for (const auto* text :
         {"", "0123456789abcde", "with spaces in the text", "0123456789abcde+"}) {
        at.write(text);
        const auto why = at.refusal();
        CHECK(why.code == "E_DASHBOARD_TOKEN");
        CHECK(why.exit == exit_code::invalid);
        CHECK(why.hint.find("openssl rand") != std::string::npos);
    }
    at.write(good, fs::perms::owner_read | fs::perms::group_read);
    CHECK(at.refusal().exit == exit_code::not_permitted);
}

TEST_CASE("app: a dashboard's certificate and its key have to be there", "[app]") {
    stage at;
    at.write(good);
    const auto files = test::make_certificates(at.dir.path());
    at.settings.tls_cert = files.chain;
    at.settings.tls_key = files.key;
    CHECK(open_dashboard_access(at.settings)->tls != nullptr);
    at.settings.tls_key = at.dir / "none.pem";
    CHECK(at.refusal().code == "E_TLS");
    at.settings.tls_key = files.key;
    at.settings.tls_cert = files.authority;  // another's
    CHECK(at.refusal().code == "E_TLS");
}
