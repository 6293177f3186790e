#!/usr/bin/env bash
# Takes a picture of every page, to be looked at beside the mockups.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh
rm -rf e2e/results/screens
npx playwright test -c e2e/screens.config.ts "$@"
echo "pictures: e2e/results/screens"
