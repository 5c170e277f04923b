import type { Server } from "node:http";
import type { Plugin, PreviewServer, ViteDevServer } from "vite";
import { answerHttp } from "./mock-http.ts";
import { serveStream } from "./mock-stream.ts";
import { MockWorld } from "./mock-world.ts";

const VISITOR_EVERY_MS = 20_000;

/** The same as the gateway's, so that what it would refuse is seen here first. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Stands in for the gateway while the page is worked on: before the sources (`npm run dev`) or
 * before the built page (`npm run preview`), there with the gateway's Content-Security-Policy.
 * Never part of a build. Sign in as `sari` with the password `a wall of paint`. A prompt with the
 * word `unpaintable` fails.
 *
 * `KANVAS_MOCK_POSTS` says how many posts the world begins with.
 */
export function mockGateway(): Plugin {
  return {
    name: "kanvas-mock-gateway",
    apply: (_, { command }) => command === "serve",
    configureServer: standIn,
    configurePreviewServer(server) {
      server.middlewares.use((_, outgoing, next) => {
        outgoing.setHeader("content-security-policy", CONTENT_SECURITY_POLICY);
        next();
      });
      standIn(server);
    },
  };
}

function standIn({ httpServer, middlewares }: ViteDevServer | PreviewServer): void {
  const world = new MockWorld(Number(process.env.KANVAS_MOCK_POSTS ?? 44));
  middlewares.use((incoming, outgoing, next) => {
    answerHttp(world, incoming, outgoing).then((answered) => {
      if (!answered) next();
    }, next);
  });
  if (httpServer) serveStream(httpServer as Server, world);
  const visitor = setInterval(() => visit(world), VISITOR_EVERY_MS);
  httpServer?.on("close", () => clearInterval(visitor));
}

let visits = 0;

/** Somebody hangs a picture now and then, so that there is something to see arriving. */
function visit(world: MockWorld): void {
  visits += 1;
  const authors = [...world.accounts.values()].slice(0, 5);
  const author = authors[visits % authors.length];
  if (!author) return;
  const seed = 1000 + visits * 11;
  const [width, height] = visits % 2 ? [768, 512] : [640, 640];
  world.addPost(author, world.picture(seed, width as number, height as number), {
    prompt: "something that was just painted",
    caption: "Just now",
    alt_text: "A picture that was just painted.",
  });
}
