#!/bin/sh
# Bring Chromium for the tests of the page, where that needs nobody's leave. Never fails: without it
# those tests are named at the end as not run.
set -u

command -v chromium >/dev/null && exit 0
"$(dirname "$0")/apt_install.sh" chromium ||
  echo "==> no Chromium, so the page is not tested here: apt-get install chromium"
