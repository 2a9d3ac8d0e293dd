import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { eventually, temporaryDirectory } from "@holdfast/testkit";

/** Why there is nothing to clone; false where there is. */
export const cloneMissing: string | false = existsSync(".git")
  ? false
  : "this is no git checkout, so it cannot be cloned";

/** What a line typed into a terminal gave. */
interface Typed {
  readonly exit: number | null;
  readonly output: string;
}

/** A clone of what is committed, with nothing installed or built in it. */
export interface FreshClone extends AsyncDisposable {
  readonly path: string;
  /** Runs a line as a person would paste it. */
  type(line: string): Typed;
  start(line: string, env?: Readonly<Record<string, string>>): Started;
  /** The processes that still work in the clone; empty where the system cannot tell. */
  processes(): readonly string[];
}

/** A command that was left running in a terminal of its own. */
export interface Started extends AsyncDisposable {
  output(): string;
  /** Waits until the output matches. */
  says(pattern: RegExp, withinMs: number): Promise<void>;
  /** Ctrl-C: the terminal signals everything that runs in it. */
  interrupt(): void;
  /** `kill <pid>` from elsewhere: only the command itself is signalled. */
  terminate(): void;
  readonly exited: Promise<void>;
}

export async function freshClone(): Promise<FreshClone> {
  const directory = await temporaryDirectory();
  const path = directory.file("holdfast");
  execFileSync("git", ["clone", "--quiet", ".", path], { stdio: "inherit" });
  return {
    path,
    type: (line) => {
      const { status, stdout, stderr } = spawnSync("sh", ["-c", line], {
        cwd: path,
        env: ownEnvironment(),
        encoding: "utf8",
        timeout: 60_000,
      });
      return { exit: status, output: stdout + stderr };
    },
    start: (line, env) => started(line, path, { ...ownEnvironment(), ...env }),
    processes: () => processesIn(path),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** What a newcomer's shell has: nothing of the npm run or the test run that this is part of. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = /^npm_config_(cache|registry|userconfig|globalconfig)$/;
  const ours = /^(npm_|NODE_|INIT_CWD$|REDIS_URL$|HOLDFAST_|CI$)/;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => kept.test(name) || !ours.test(name)),
  );
}

function started(line: string, cwd: string, env: NodeJS.ProcessEnv): Started {
  const [program = "", ...args] = line.split(" ");
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start "${line}"`);
  return {
    output: () => output,
    says: async (pattern, withinMs) => {
      await eventually(() => pattern.test(output), {
        withinMs,
        unless: () =>
          child.exitCode === null ? undefined : new Error(`"${line}" ended:\n${output}`),
      });
    },
    interrupt: () => process.kill(-pid, "SIGINT"),
    terminate: () => process.kill(pid, "SIGTERM"),
    exited,
    [Symbol.asyncDispose]: async () => {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        return;
      }
      await exited;
    },
  };
}

function processesIn(folder: string): readonly string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}
