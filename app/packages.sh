# shellcheck shell=bash
# What Skipscope needs from a Debian-like system, and how to install what is missing.
# Read by app/run and tests/run.

# To build and to run: a word each, as Debian 12 names them.
build_packages=(
  build-essential pkg-config meson ninja-build gettext
  libglib2.0-dev libgtk-4-dev libadwaita-1-dev libgdk-pixbuf-2.0-dev
  libjson-glib-dev libarchive-dev libzip-dev libjpeg-dev libopenblas-pthread-dev
  libsoup-3.0-dev libprotobuf-c-dev protobuf-c-compiler
  webp-pixbuf-loader librsvg2-common adwaita-icon-theme fonts-dejavu-core
)

# shellcheck disable=SC2034 # tests/run uses it
# To test besides: a display without a screen, the fuzzer, the checkers.
test_packages=(
  xvfb xauth xdotool dbus clang clang-format shellcheck
  desktop-file-utils appstream libxml2-utils xz-utils
)

# The sanitizers and the fuzzer of whichever clang this system has; empty where unknown.
clang_runtime_package () {
  apt-cache depends clang 2>/dev/null \
    | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' | head -n 1
}

is_installed () {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# A virtual or renamed package counts when something installed provides it.
is_provided () {
  is_installed "$1" || dpkg-query -W -f='${db:Status-Status} ${Provides}\n' 2>/dev/null \
    | grep -Eq "^installed (.*, )?$1( |,|$)"
}

# need_packages NAME…: installs those that are missing. Says what it does, asks sudo
# where the user is not root, and returns 1 with the list where it cannot.
need_packages () {
  local missing=() name sudo=()

  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    # Elsewhere the names differ, so what counts is whether the build finds its parts.
    if command -v meson >/dev/null && command -v ninja >/dev/null \
      && command -v msgfmt >/dev/null && command -v pkg-config >/dev/null \
      && command -v protoc-c >/dev/null \
      && pkg-config --exists 'gtk4 >= 4.8' 'libadwaita-1 >= 1.2' json-glib-1.0 \
        libarchive libzip libprotobuf-c libjpeg openblas libsoup-3.0; then
      return 0
    fi
    {
      echo 'This is not a Debian-like system (no apt-get), so nothing was installed.'
      echo 'Install what your system calls these Debian packages, then run this again:'
      echo
      printf '  %s\n' "$@"
    } >&2
    return 1
  fi

  for name; do
    is_provided "$name" || missing+=("$name")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0

  echo "Installing ${#missing[@]} packages: ${missing[*]}" >&2
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      {
        echo 'Not root, and there is no sudo. As root, run:'
        echo
        echo "  apt-get install --no-install-recommends ${missing[*]}"
      } >&2
      return 1
    fi
    sudo=(sudo)
    # Where nobody can type a password sudo must fail, not wait.
    [ -t 0 ] || sudo=(sudo -n)
  fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 </dev/null \
    || echo 'apt-get update failed; trying with the lists that are here.' >&2
  if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 </dev/null; then
    {
      echo 'apt-get could not install all of it. Try it by hand, then run this again:'
      echo
      echo "  sudo apt-get install --no-install-recommends ${missing[*]}"
    } >&2
    return 1
  fi
}
