import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { OwnedProcess } from "../child/owned-process.js";
import { type TemporaryDirectory, temporaryDirectory } from "../files/temporary-directory.js";
import { TestkitError } from "../testkit-error.js";
import { before } from "../wait/before.js";
import { eventually } from "../wait/eventually.js";
import { freePort } from "../wait/free-port.js";
import { redisMissing, redisServerPath } from "./redis-path.js";
import { RespConnection, type RespReply } from "./resp.js";

export interface RedisOptions {
  /** @default a free one */
  readonly port?: number;
  /** Where it keeps its files. @default a temporary one, removed on disposal */
  readonly directory?: string;
  /** More words of the command line. */
  readonly args?: readonly string[];
  /** Directives of redis.conf, such as `{ maxmemory: "3mb" }`. Kept over restarts. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface RestartOptions {
  /** True: it comes back with what it holds now (or held on disk when it died). False: empty. @default false */
  readonly keepData?: boolean;
}

const startDeadlineMs = 10_000;
const commandDeadlineMs = 5_000;
const snapshotName = "dump.rdb";

/**
 * Starts a real redis-server (or valkey-server) on loopback, without persistence unless told,
 * and resolves once it answers.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const path = redisServerPath();
  if (path === undefined) throw new TestkitError("not-installed", `Cannot start: ${redisMissing}`);
  const temporary = await temporaryDirectory();
  const directory = options.directory ?? temporary.file("data");
  await mkdir(directory, { recursive: true });
  const attempts = options.port === undefined ? 3 : 1;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const server = new RedisServer({ ...options, path, port, directory, temporary });
    try {
      await server.start();
      return server;
    } catch (error) {
      const taken = error instanceof TestkitError && /in use|bind/i.test(error.message);
      if (taken && attempt < attempts) continue;
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }
}

interface Settings extends RedisOptions {
  readonly path: string;
  readonly port: number;
  readonly directory: string;
  readonly temporary: TemporaryDirectory;
}

/** A server of a test: it may be killed, frozen, emptied, set back in time, and comes back on its port. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly directory: string;
  readonly #settings: Settings;
  #process: OwnedProcess | undefined;
  #connection: RespConnection | undefined;
  #snapshots = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.port = settings.port;
    this.url = `redis://127.0.0.1:${settings.port}`;
    this.directory = settings.directory;
  }

  get pid(): number {
    return this.#running("name its process").pid;
  }

  /** Starts it where it is not running, with what its directory holds. */
  async start(): Promise<void> {
    if (this.#process !== undefined && this.#process.ending === undefined) return;
    const process = OwnedProcess.spawn(this.#settings.path, this.#commandLine());
    this.#process = process;
    await eventually(async () => (await this.command("PING")) === "PONG", {
      withinMs: startDeadlineMs,
      unless: () =>
        process.ending === undefined ? undefined : process.endedError("start a server"),
    });
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#hangUp();
    await this.#process?.kill();
  }

  /** SIGSTOP: links stay open, nothing is answered. */
  freeze(): void {
    this.#running("freeze").freeze();
  }

  /** SIGCONT. */
  thaw(): void {
    this.#running("thaw").thaw();
  }

  /** Kills it where it runs and starts it again on the same port. */
  async restart(options: RestartOptions = {}): Promise<void> {
    const { keepData = false } = options;
    const alive = this.#process !== undefined && this.#process.ending === undefined;
    if (keepData && alive) await this.command("SAVE");
    await this.kill();
    if (!keepData) await this.#removeData();
    await this.start();
  }

  /**
   * Sends one command over a connection of its own and answers the decoded reply.
   *
   * @throws TestkitError `replied` where the server answers with an error, `timeout` where it is frozen.
   */
  command(...args: readonly string[]): Promise<RespReply> {
    const connection = (this.#connection ??= new RespConnection(this.port));
    const reply = before(connection.command(args), commandDeadlineMs, `run ${args[0]}`);
    return reply.catch((error: unknown) => {
      if (!(error instanceof TestkitError && error.code === "replied")) this.#hangUp(connection);
      throw error;
    });
  }

  /** Writes what it holds now to a file of its own and answers the path, for `restoreRdb`. */
  async saveRdb(): Promise<string> {
    await this.command("SAVE");
    this.#snapshots += 1;
    const path = this.#settings.temporary.file(`snapshot-${this.#snapshots}.rdb`);
    await copyFile(join(this.directory, snapshotName), path);
    return path;
  }

  /** Kills it and starts it again with what an older snapshot held. */
  async restoreRdb(path: string): Promise<void> {
    await this.kill();
    await this.#removeData();
    await copyFile(path, join(this.directory, snapshotName));
    await this.start();
  }

  /** Follows a master, once its data has arrived; undefined: becomes a master itself. */
  async replicaOf(master: { readonly port: number } | undefined): Promise<void> {
    if (master === undefined) {
      await this.command("REPLICAOF", "NO", "ONE");
      return;
    }
    await this.command("REPLICAOF", "127.0.0.1", String(master.port));
    await eventually(async () => /master_link_status:up/.test(await this.info("replication")), {
      withinMs: startDeadlineMs,
    });
  }

  /** One section of INFO as text. */
  async info(section: string): Promise<string> {
    return String(await this.command("INFO", section));
  }

  /** What a node of a cluster says of the cluster. */
  async clusterInfo(): Promise<string> {
    return String(await this.command("CLUSTER", "INFO"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#settings.temporary[Symbol.asyncDispose]();
  }

  #commandLine(): string[] {
    const config: Record<string, string> = {
      port: String(this.port),
      bind: "127.0.0.1",
      dir: this.directory,
      dbfilename: snapshotName,
      save: "",
      loglevel: "warning",
      "repl-diskless-sync-delay": "0",
      "repl-ping-replica-period": "1",
      ...this.#settings.config,
    };
    const words = Object.entries(config).flatMap(([name, value]) => [`--${name}`, value]);
    return [...words, ...(this.#settings.args ?? [])];
  }

  #running(doing: string): OwnedProcess {
    if (this.#process === undefined)
      throw new TestkitError("closed", `Cannot ${doing}: not started`);
    if (this.#process.ending !== undefined) throw this.#process.endedError(doing);
    return this.#process;
  }

  #hangUp(connection: RespConnection | undefined = this.#connection): void {
    connection?.close();
    if (this.#connection === connection) this.#connection = undefined;
  }

  async #removeData(): Promise<void> {
    const names = await readdir(this.directory);
    const data = names.filter((name) => /\.rdb$|\.aof|^appendonlydir$/.test(name));
    for (const name of data) await rm(join(this.directory, name), { recursive: true });
  }
}
