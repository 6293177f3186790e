// One Ruche per database, started from the built binary in a folder of its own.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Engine } from "./matrix";

const run = promisify(execFile);

/** What a test needs to know of a running server. */
export interface House {
  url: string;
  mails: string;
}

export interface Server extends House {
  engine: Engine;
  stop(): Promise<void>;
}

const binary = resolve(process.env["RUCHE_BIN"] || join(import.meta.dirname, "..", "..", "bin", "ruche"));
const logs = join(import.meta.dirname, "..", "results", "logs");

/** The address of a house, as the setup published it for the workers. */
export function houseOf(engine: Engine): House {
  const url = process.env[`RUCHE_E2E_${engine.toUpperCase()}_URL`];
  const mails = process.env[`RUCHE_E2E_${engine.toUpperCase()}_MAILS`];
  if (!url || !mails) {
    throw new Error(`no server runs on ${engine}`);
  }
  return { url, mails };
}

export function publish(server: Server): void {
  process.env[`RUCHE_E2E_${server.engine.toUpperCase()}_URL`] = server.url;
  process.env[`RUCHE_E2E_${server.engine.toUpperCase()}_MAILS`] = server.mails;
}

/** Starts a server with the small demo and waits until it is ready. */
export async function start(engine: Engine): Promise<Server> {
  const [port, mailPort] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), `ruche-e2e-${engine}-`));
  const database = engine === "postgres" ? await createDatabase() : undefined;
  await mkdir(logs, { recursive: true });
  const log = join(logs, `${engine}.log`);

  const child = spawn(binary, ["serve", "--demo", "--dev"], {
    // A folder that holds nothing of ours: the binary must run alone.
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      RUCHE_ADDR: `127.0.0.1:${port}`,
      RUCHE_URL: url,
      RUCHE_DATA_DIR: join(folder, "data"),
      RUCHE_MAILBOX_ADDR: `127.0.0.1:${mailPort}`,
      // Each test signs in from an address of its own, so that the limits on
      // sign-in, which count by address, stay on and do not add up over tests.
      RUCHE_TRUSTED_PROXIES: "127.0.0.1/32",
      ...(database ? { RUCHE_DATABASE_URL: database.url } : {}),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });

  const server: Server = {
    engine,
    url,
    mails: `http://127.0.0.1:${mailPort}`,
    async stop() {
      await stopWithin(child, 5_000, engine);
      await database?.drop();
      await rm(folder, { recursive: true, force: true });
      await expectNoErrorLogged(log);
    },
  };
  await ready(server, child, log);
  return server;
}

async function ready(server: Server, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error(`ruche on ${server.engine} left with status ${child.exitCode}:\n${await tail(log)}`);
    }
    try {
      const answer = await fetch(`${server.url}/readyz`);
      if (answer.ok) {
        return;
      }
    } catch {
      // Not listening yet.
    }
    await pause(100);
  }
  child.kill("SIGKILL");
  throw new Error(`ruche on ${server.engine} was not ready within 60 s:\n${await tail(log)}`);
}

/** Sends what Ctrl-C sends and insists on a clean end in time. */
async function stopWithin(child: ChildProcess, limit: number, engine: Engine): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    throw new Error(`ruche on ${engine} ended during the tests, with status ${child.exitCode ?? child.signalCode}`);
  }
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  child.kill("SIGINT");
  const late = pause(limit).then(() => "late" as const);
  const outcome = await Promise.race([ended, late]);
  if (outcome === "late") {
    child.kill("SIGKILL");
    throw new Error(`ruche on ${engine} did not stop within ${limit} ms of SIGINT`);
  }
  if (outcome !== 0) {
    throw new Error(`ruche on ${engine} left with status ${outcome} after SIGINT`);
  }
}

/** Whatever the journeys did, nothing in them was the server's fault. */
async function expectNoErrorLogged(log: string): Promise<void> {
  const lines = (await readFile(log, "utf8")).split("\n");
  const wrong = lines.filter((line) => /level=ERROR|"level":"ERROR"|panic:/.test(line));
  if (wrong.length > 0) {
    throw new Error(`the server logged errors (${log}):\n${wrong.slice(0, 10).join("\n")}`);
  }
}

async function tail(log: string): Promise<string> {
  return (await readFile(log, "utf8")).split("\n").slice(-30).join("\n");
}

async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = process.env["RUCHE_TEST_POSTGRES"];
  if (!admin) {
    throw new Error("RUCHE_TEST_POSTGRES is not set: run scripts/postgres.sh run -- …, or make e2e");
  }
  const name = `ruche_e2e_${process.pid}_${Date.now()}`;
  await run("psql", [admin, "-q", "-c", `CREATE DATABASE ${name}`]);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    async drop() {
      await run("psql", [admin, "-q", "-c", `DROP DATABASE ${name}`]);
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((done, failed) => {
          const server = createServer();
          server.once("error", failed);
          server.listen(0, "127.0.0.1", () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") {
      throw new Error("no port");
    }
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
