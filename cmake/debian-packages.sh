# Sourced by demo.sh and test.sh: installs the Debian packages that are missing.
# need_packages PACKAGE...: names what it installs; does nothing when all is there.

packages_to_build=(
    g++ cmake ninja-build ccache pkg-config
    libboost1.81-dev libngtcp2-dev libngtcp2-crypto-gnutls-dev libgnutls28-dev libssl-dev libsodium-dev
    libprotozero-dev libseccomp-dev libsqlite3-dev libspdlog-dev libfmt-dev libtomlplusplus-dev libcli11-dev
    libminiupnpc-dev libnatpmp-dev zlib1g-dev
)

packages_to_test=(
    catch2 python3 openssl clang clang-format libclang-rt-14-dev iproute2 nftables faketime abigail-tools protobuf-compiler
)

need_packages() {
    local missing=() package
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local as_root=()
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "these packages are missing: ${missing[*]}" >&2
            echo "install them as root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
