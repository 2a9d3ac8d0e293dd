import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const node = ["--conditions=@holdfast/source", "--import", import.meta.resolve("tsx"), main];

export interface Finished {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: string;
  readonly redisUrl?: string;
}

/** A directory that is gone when the test ends. */
export function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** Runs the command from source to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<Finished> {
  const child = startCli(args, options);
  child.stdin?.end(options.stdin ?? "");
  const [stdout, stderr, exit] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  return { exit, stdout, stderr };
}

function startCli(args: readonly string[], { redisUrl }: CliOptions = {}): ChildProcess {
  const { REDIS_URL: _, ...env } = process.env;
  return spawn(process.execPath, [...node, ...args], {
    env: redisUrl === undefined ? env : { ...env, REDIS_URL: redisUrl },
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own, so that Ctrl-C can be had as a terminal gives it: to all of the group.
    detached: true,
  });
}

interface Ready {
  readonly controlUrl: string;
  readonly controlPid: number;
  readonly upstreamUrl: string;
  readonly upstreamPid: number;
  readonly tokenFile: string;
  readonly walk: readonly string[];
}

export interface RunningUp {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ready: Ready;
  readonly ended: Promise<number | null>;
  /** What it has printed so far. */
  readonly printed: () => string;
}

/** `holdfast up` from source, ready; whatever it leaves running is ended with the test. */
export async function startCliUp(t: TestContext, state: string): Promise<RunningUp> {
  const child = startCli(["up", "--json", "--state", state, "--port", "0"]);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    printed += chunk;
  });
  const pids: number[] = child.pid === undefined ? [] : [child.pid];
  t.after(() => {
    for (const pid of pids) endQuietly(pid);
  });
  const ready = await Promise.race([
    eventOf<Ready>(child, "ready"),
    ended.then((exit) => {
      throw new Error(`"up" ended with ${exit}: ${stderr}`);
    }),
  ]);
  pids.push(ready.controlPid, ready.upstreamPid);
  return { child, pid: child.pid ?? 0, ready, ended, printed: () => printed };
}

export interface RunningControl {
  readonly pid: number;
  readonly url: string;
  readonly ended: Promise<number | null>;
}

/** `holdfast control` from source on a free port, listening. */
export async function startCliControl(
  t: TestContext,
  args: readonly string[],
): Promise<RunningControl> {
  const child = startCli(["control", "--json", "--port", "0", ...args]);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stderr?.resume();
  const pid = child.pid ?? 0;
  t.after(() => endQuietly(pid));
  const { url } = await eventOf<{ url: string }>(child, "listening");
  return { pid, url, ended };
}

/** The first line of JSON with that `t`. */
function eventOf<Event>(child: ChildProcess, t: string): Promise<Event> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const line = text.split("\n").find((one) => one.includes(`"t":"${t}"`));
      if (line !== undefined && text.includes(`${line}\n`)) resolve(JSON.parse(line));
    });
  });
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface WalkedStep {
  readonly t: "step";
  readonly line: string;
  readonly exit: number;
  readonly output: string;
  readonly asExpected: boolean;
}

export interface Walked {
  readonly exit: number | null;
  readonly ready: Ready;
  readonly steps: readonly WalkedStep[];
  /** Of every process that the walk is known to have started. */
  readonly pids: readonly number[];
}

/** `holdfast up --walk` from source, to its end. */
export async function runWalkAlone(state: string, options: CliOptions = {}): Promise<Walked> {
  const args = ["up", "--walk", "--json", "--state", state, "--port", "0"];
  const { stdout, stderr, exit } = await runCli(args, options);
  const events: readonly (WalkedStep | (Ready & { t: "ready" }) | { t: "event" })[] = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const [ready] = events.filter((event) => event.t === "ready");
  if (ready === undefined) throw new Error(`The walk did not begin: ${stdout}${stderr}`);
  const log = readFileSync(join(state, "up", "control.log"), "utf8");
  const logged = [...log.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid));
  const pids = [...new Set([ready.controlPid, ready.upstreamPid, ...logged])];
  return { exit, ready, steps: events.filter((event) => event.t === "step"), pids };
}

/** Resolves when all are gone. @throws where one is not within ten seconds. */
export async function allGone(pids: readonly number[]): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (pids.some(isAlive)) {
    if (performance.now() > endMs) throw new Error(`Still running: ${pids.filter(isAlive).join()}`);
    await delay(20);
  }
}

function endQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself, as it should.
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}
