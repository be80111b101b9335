#!/bin/sh
# Bring Chromium for the tests of the page, where we are root and apt has it. Never fails: without
# it those tests are named at the end as not run.
set -u

command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "==> Chromium for the tests of the page (a minute)"
  export DEBIAN_FRONTEND=noninteractive
  if timeout 120 apt-get update -qq >/dev/null 2>&1 &&
    timeout 300 apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; then
    exit 0
  fi
fi
echo "==> no Chromium, so the page is not tested here: apt-get install chromium"
