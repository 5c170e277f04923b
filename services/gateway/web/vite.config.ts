import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    target: "es2023",
    // The gateway's Content-Security-Policy takes fonts and scripts from the page's own files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "node",
    setupFiles: ["src/testing/setup.ts"],
    include: ["{src,dev}/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Only a test that fails waits so long, however busy the machine is.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 50_000 } },
    css: true, // a test reads a style sheet: not an empty one in its place
  },
});
