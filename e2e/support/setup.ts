import type { FullConfig } from "@playwright/test";
import type { CombinationOptions, Engine } from "./matrix";
import { publish, type Server, start } from "./servers";

/** Starts one server for each database that a chosen project needs; the function returned stops them. */
export default async function setup(config: FullConfig<unknown, unknown>): Promise<() => Promise<void>> {
  const engines = new Set<Engine>();
  for (const project of config.projects) {
    engines.add((project.use as Partial<CombinationOptions>).engine ?? "sqlite");
  }
  const servers: Server[] = [];
  try {
    for (const engine of engines) {
      const server = await start(engine);
      publish(server);
      servers.push(server);
    }
  } catch (error) {
    await Promise.allSettled(servers.map((server) => server.stop()));
    throw error;
  }
  return async () => {
    const outcomes = await Promise.allSettled(servers.map((server) => server.stop()));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        throw outcome.reason;
      }
    }
  };
}
