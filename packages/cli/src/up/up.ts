import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  describeDuration,
  ensureOwnDirectory,
  newFleetKey,
  readOrMakeSecret,
  stateFiles,
} from "@holdfast/control";
import { CliError } from "../cli-error.js";
import { ControlChild } from "./control-child.js";
import { startDrillServer } from "./drill-server.js";
import { RedisRelay } from "./redis-relay.js";
import { readUpFile, removeUpFile, writeUpFile } from "./up-file.js";
import type { Drill, DrillAnswer, LinkMode, UpState } from "./up-state.js";
import { UpstreamChild } from "./upstream-child.js";

export interface UpOptions {
  /** Holds `up.json` and what the control plane keeps. */
  readonly state: string;
  /** Preferred, for the control plane. */
  readonly port: number;
  /** Of its own for every run, so that every walk begins at the beginning. */
  readonly realm: string;
  readonly redisUrl: string | null;
  /** Flags of node and the path of the command, to start it again as a child. */
  readonly node: readonly string[];
  readonly onEvent: (text: string) => void;
}

/** What `holdfast up` runs. Ending it ends every process and leaves no `up.json`. */
export interface Up extends AsyncDisposable {
  readonly controlUrl: string;
  readonly controlPid: number;
  readonly upstreamPid: number;
  readonly upstreamUrl: string;
  readonly logFile: string;
  readonly tokenFile: string;
}

/** @throws CliError `start` */
export async function startUp(options: UpOptions): Promise<Up> {
  const { state, realm, node, onEvent } = options;
  refuseSecond(state);
  const directory = join(state, "up");
  ensureOwnDirectory(directory);
  const owned: AsyncDisposable[] = [];
  const own = <Part extends AsyncDisposable>(part: Part): Part => {
    owned.unshift(part);
    return part;
  };
  const release = async (): Promise<void> => {
    for (const part of owned.splice(0)) await part[Symbol.asyncDispose]();
  };
  try {
    const relay = options.redisUrl === null ? null : own(new RedisRelay(options.redisUrl));
    await relay?.be("up");
    const upstream = own(await UpstreamChild.start({ directory, node, onEvent }));
    const { fleetKeyFile, tokenFile } = stateFiles(directory);
    const fleetKey = readOrMakeSecret(fleetKeyFile, newFleetKey);
    const control = own(
      await ControlChild.start({
        directory,
        port: options.port,
        realm,
        fleetKeyFile,
        upstreamUrl: upstream.url,
        redisUrl: relay?.url ?? null,
        redisPrefix: prefixOf(fleetKey),
        node,
        onEvent,
      }),
    );
    const parts: Parts = { upstream, relay, control };
    const drillToken = randomBytes(24).toString("base64url");
    const drills = own(
      await startDrillServer(drillToken, {
        drill: (what) => carryOut(parts, what),
        state: () => stateOf(parts),
      }),
    );
    const { url: controlUrl } = control;
    const pid = process.pid;
    writeUpFile(state, { pid, realm, controlUrl, tokenFile, drillUrl: drills.url, drillToken });
    own({ [Symbol.asyncDispose]: async () => removeUpFile(state) });
    return {
      controlUrl,
      controlPid: control.pid,
      upstreamPid: upstream.pid,
      upstreamUrl: upstream.url,
      logFile: control.logFile,
      tokenFile,
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function refuseSecond(state: string): void {
  const running = readUpFile(state);
  if (running === null) return;
  throw new CliError(
    "start",
    `Cannot start: "holdfast up" already runs in ${JSON.stringify(state)} (pid ${running.pid}); stop it, or give this one another --state`,
  );
}

/** Whoever has another key cannot read our entries, and must not meet them in a Redis that is shared. */
function prefixOf(fleetKey: string): string {
  return `holdfast-up-${createHash("sha256").update(fleetKey).digest("hex").slice(0, 8)}`;
}

interface Parts {
  readonly upstream: UpstreamChild;
  readonly relay: RedisRelay | null;
  readonly control: ControlChild;
}

async function carryOut(parts: Parts, what: Drill): Promise<DrillAnswer> {
  const done = await drill(parts, what);
  return { done, state: stateOf(parts) };
}

async function drill({ upstream, relay, control }: Parts, what: Drill): Promise<string> {
  switch (what.target) {
    case "upstream":
      await upstream.be(what.action);
      return `the sample upstream is ${what.action}: ${upstreamMeaning[what.action]}`;
    case "redis":
      if (relay === null) {
        throw new Error('Cannot drill Redis: "holdfast up" was started without REDIS_URL');
      }
      await relay.be(what.action);
      return `the link to Redis is ${what.action}: ${relayMeaning[what.action]}`;
    case "control": {
      const { pid, successor, tookMs } = await control.kill();
      const took = describeDuration(tookMs);
      return `the control plane (pid ${pid}) was killed and is running again (pid ${successor}) after ${took}`;
    }
  }
}

const upstreamMeaning: Readonly<Record<LinkMode, string>> = {
  up: "it answers",
  down: "nobody listens there any more",
  slow: "it takes 3 s to answer",
  fail: "it answers every question with status 500",
};

const relayMeaning: Readonly<Record<LinkMode, string>> = {
  up: "commands pass",
  down: "cut; the server itself was not touched",
  slow: "everything takes 0.5 s longer each way; the server itself was not touched",
  fail: "every connection is hung up at once; the server itself was not touched",
};

function stateOf({ upstream, relay, control }: Parts): UpState {
  return {
    upstream: { mode: upstream.mode, asked: upstream.asked },
    redis: relay === null ? null : { mode: relay.mode },
    control: { pid: control.pid, restarts: control.restarts },
  };
}
