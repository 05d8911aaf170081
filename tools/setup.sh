#!/bin/sh
# setup.sh GOAL... - installs the Debian packages that the goals (build, test, demo, postgresql, mpi, firmware) need and that are missing.
#
# With everything in place it says nothing and asks no network. Otherwise it installs as root, or with sudo on a
# terminal; where it can do neither it prints the one line to run and stops with status 1.
set -eu

packages() {
    case $1 in
    build)
        echo gcc libc6-dev make cmake ninja-build pkg-config \
            libopenblas-openmp-dev libsndfile1-dev libzip-dev zlib1g-dev libjansson-dev
        ;;
    test)
        echo g++ clang clang-format libclang-rt-dev libcmocka-dev gnuplot-nox shellcheck mandoc valgrind \
            libsqlite3-dev sqlite3 python3-dev python3-numpy python3-pytest python3-venv gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user
        ;;
    postgresql) # of Debian 12; for ./test postgresql
        echo postgresql-15 postgresql-server-dev-15
        ;;
    mpi) # for ./test mpi
        echo libopenmpi-dev openmpi-bin
        ;;
    firmware) # for ./test firmware
        echo gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm make
        ;;
    demo)
        echo gnuplot-nox python3-scipy dataset-fashion-mnist
        ;;
    *)
        echo "setup.sh: $1 is no goal; build, test, demo, postgresql, mpi or firmware was expected" >&2
        return 2
        ;;
    esac
}

wanted=
for goal in "$@"; do
    list=$(packages "$goal")
    wanted="$wanted $list"
done

if ! command -v dpkg-query >/dev/null; then
    echo "setup.sh: this is no Debian, so nothing is installed. What would be, under Debian's names:$wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do
    case " $missing " in *" $package "*) continue ;; esac
    # shellcheck disable=SC2016 # the format is dpkg-query's
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    root=
elif [ -t 0 ] && command -v sudo >/dev/null; then
    root=sudo
else
    echo "loci needs some packages, and only root can install them. Please run this line, then try again:" >&2
    if command -v sudo >/dev/null; then
        echo "sudo sh -c 'apt-get update && $install'" >&2
    else
        echo "su -c 'PATH=/usr/sbin:/sbin:\$PATH; apt-get update && $install'" >&2
    fi
    exit 1
fi

echo "Installing Debian packages:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# An update may fail for a source that has nothing to do with us: what counts is whether the packages can be installed.
# The word splitting of $root and $install is wanted.
# shellcheck disable=SC2086
{
    $root apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update
    $root env DEBIAN_FRONTEND=noninteractive $install -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3
} </dev/null >"$log" 2>&1 || {
    cat "$log" >&2
    echo "setup.sh: the packages could not be installed; apt-get's reason stands above." >&2
    exit 1
}
