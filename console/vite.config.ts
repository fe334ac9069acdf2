import { defineConfig } from "vite";

// The running service that `npm run dev` passes its calls on to.
const SERVICE = process.env.FERRY_URL ?? "http://127.0.0.1:8080";
const CALLS = ["/oserve", "/api", "/data", "/async", "/config", "/download", "/mailbox"];
const SESSIONS = ["/console/session", "/console/sessions", "/console/users"];

export default defineConfig({
  base: "/console/",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    outDir: process.env.CONSOLE_SITE ?? "../functions/serve_console/site",
    emptyOutDir: true,
    target: "es2022",
    // The Content-Security-Policy allows no inline script, style or foreign origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // The service refuses changes that pages of another origin ask for.
    proxy: Object.fromEntries(
      [...CALLS, ...SESSIONS].map((path) => [
        path,
        { target: SERVICE, changeOrigin: true, headers: { Origin: SERVICE } },
      ]),
    ),
  },
});
