#!/bin/sh
# Name what the system lacks, with the one apt line that brings it.
#   check_system.sh PYTHON            exit status 1 where something is missing
#   check_system.sh --install PYTHON  brings it where it may, and says so
set -eu

may_install=false
if [ "${1:-}" = --install ]; then
  may_install=true
  shift
fi
python=${1:-python3}
missing=
reasons=

need() { # need REASON PACKAGE...
  reasons="$reasons
  - $1"
  shift
  missing="$missing $*"
}

has_library() { ldconfig -p | grep -q "$1"; }

PATH="$PATH:/sbin:/usr/sbin"
if ! command -v "$python" >/dev/null; then
  need "Python ($python; 3.11 or 3.12, or name one: make PYTHON=python3.12)" python3 python3-venv python3-dev
else
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  case $version in
    3.11 | 3.12) ;;
    *)
      echo "$python is Python $version, but 3.11 or 3.12 is needed: name one, such as" \
        "make PYTHON=python3.12" >&2
      exit 1
      ;;
  esac
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    need "virtual environments for Python $version" "python$version-venv"
  "$python" -c 'import pathlib, sys, sysconfig
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' ||
    need "the headers of Python $version" "python$version-dev"
fi
command -v c++ >/dev/null || need "a C++ compiler" g++
has_library 'libEGL\.so\.1' && has_library 'libEGL_mesa\.so\.0' ||
  need "EGL, to draw the simulated camera's pictures" libegl1 libegl-mesa0
has_library 'libGL\.so\.1' || need "OpenGL" libgl1
ls /usr/lib/*/dri/*_dri.so >/dev/null 2>&1 || need "Mesa's drivers" libgl1-mesa-dri

[ -z "$missing" ] && exit 0
echo "This machine lacks:$reasons" >&2
if $may_install; then
  status=0
  # shellcheck disable=SC2086  # one argument a package
  "$(dirname "$0")/apt_install.sh" $missing || status=$?
  [ $status = 0 ] && exec "$0" "$python"
fi
echo "Bring it with:" >&2
echo "  sudo apt-get install -y$missing" >&2
exit 1
