#!/usr/bin/env bash
# Runs the journeys in a browser against bin/ruche, on both databases.
# Arguments go to Playwright.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh
exec scripts/postgres.sh run -- npx playwright test -c e2e/playwright.config.ts "$@"
