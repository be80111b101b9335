#!/bin/sh
# Install Debian packages where that needs nobody's leave: as root, or by sudo without a password.
#   apt_install.sh PACKAGE...    exit status 3 where it may not; else apt's own
set -u

command -v apt-get >/dev/null || exit 3
if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root="sudo -n"
else
  exit 3
fi
echo "==> ${as_root:+sudo }apt-get install -y $*"
# shellcheck disable=SC2086  # nothing, or a command and its option
{
  # A list that cannot be renewed (a source that is away) may still do.
  $as_root timeout 300 apt-get update -qq || true
  $as_root env DEBIAN_FRONTEND=noninteractive timeout 1200 apt-get install -y -qq \
    --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" </dev/null >/dev/null
}
