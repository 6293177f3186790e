import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    include: ["web/src/**/*.test.ts", "internal/**/*.test.ts"],
    // A test that leaves nothing to check is a mistake.
    expect: { requireAssertions: true },
    restoreMocks: true,
  },
});
