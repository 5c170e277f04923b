import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { mockGateway } from "./mock-gateway.ts";

/**
 * The page with reloading, on 127.0.0.1:5173. Before the mock gateway, or before a running Kanvas:
 * `KANVAS_GATEWAY=http://127.0.0.1:8080 npm run dev`.
 */
const gateway = process.env.KANVAS_GATEWAY;
const toGateway = gateway && { target: gateway, changeOrigin: false };

const listen = { host: "127.0.0.1", port: Number(process.env.PORT ?? 5173) };

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  plugins: gateway ? [] : [mockGateway()],
  server: { ...listen, ...(toGateway && { proxy: { "/v1": toGateway, "/media": toGateway } }) },
  preview: listen,
});
