import type { Server } from "node:http";
import type { Plugin } from "vite";
import { answerHttp } from "./mock-http";
import { serveStream } from "./mock-stream";
import { MockWorld } from "./mock-world";

const VISITOR_EVERY_MS = 20_000;

/**
 * Stands in for the gateway while the page is worked on: `npm run dev`. Never part of a build.
 * Sign in as `sari` with the password `a wall of paint`.
 */
export function mockGateway(): Plugin {
  return {
    name: "kanvas-mock-gateway",
    apply: "serve",
    configureServer(server) {
      const world = new MockWorld();
      server.middlewares.use((incoming, outgoing, next) => {
        answerHttp(world, incoming, outgoing).then((answered) => {
          if (!answered) next();
        }, next);
      });
      if (server.httpServer) serveStream(server.httpServer as Server, world);
      const visitor = setInterval(() => visit(world), VISITOR_EVERY_MS);
      server.httpServer?.on("close", () => clearInterval(visitor));
    },
  };
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
