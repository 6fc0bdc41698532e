import { defineConfig } from "vitest/config";

import { ahead } from "./bundle/ahead";
import { direct } from "./bundle/direct";
import { packed } from "./bundle/packed";
import { partOf } from "./bundle/parts";

export default defineConfig({
  esbuild: { jsx: "automatic" },
  plugins: [direct(), ahead(), packed()],
  // The server writes a nonce of its own into every answer; see api/web.py.
  html: { cspNonce: "__CODEX32_NONCE__" },
  build: {
    target: "es2022",
    sourcemap: false,
    // Assets stay files: the content security policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: { manualChunks: partOf, experimentalMinChunkSize: 20_000 },
      onwarn(warning, warn) {
        // "use client" is for servers that render; there is none here.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8032" } },
  // A document is dear to make: only tests of components have one.
  test: {
    projects: [
      { extends: true, test: { name: "logic", environment: "node", include: ["src/**/*.test.ts", "bundle/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "components", environment: "jsdom", include: ["src/**/*.test.tsx"], setupFiles: ["src/testing/setup.ts"] },
      },
    ],
  },
});
