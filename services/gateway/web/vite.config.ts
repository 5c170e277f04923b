import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2023",
    // The Content-Security-Policy of the gateway allows fonts and scripts from our own files only,
    // so nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    restoreMocks: true,
  },
} as Parameters<typeof defineConfig>[0]);
