import { type ControlStatus, describeDuration, type UpstreamStatus } from "@holdfast/control";
import Table from "cli-table3";
import type { UpState } from "../up/up-state.js";
import { colours } from "./print.js";

/** The status as tables that a person can read. */
export function statusText(url: string, status: ControlStatus, up: UpState | null): string {
  const { version, realm, nowMs, startedAtMs, pid } = status;
  const parts = [
    `Holdfast ${version} at ${url} (pid ${pid})\nrealm ${realm}, running for ${describeDuration(nowMs - startedAtMs)}`,
    dependencies(status),
    answers(status),
  ];
  if (up !== null) parts.push(firstMinute(up));
  return parts.join("\n\n").replace(/ +$/gm, "");
}

function dependencies({ dependencies: all, currency, nowMs }: ControlStatus): string {
  const table = plainTable(["dependency", "state", "since", "note"]);
  const { upstream, redis, disk } = all;
  table.push(
    ["upstream", stateText(upstream.state), since(upstream, nowMs), upstreamNote(upstream, nowMs)],
    ["Redis", stateText(redis.state), since(redis, nowMs), redis.reason ?? ""],
    ["disk", stateText(disk.state), since(disk, nowMs), disk.reason ?? ""],
    [
      "answers",
      stateText(currency.currency),
      sinceText(currency.currencySinceMs, nowMs),
      currency.unverifiedBecause ?? "nothing newer was missed",
    ],
  );
  return table.toString();
}

function answers(status: ControlStatus): string {
  const { answers: counts, upstreamCalls, cache, dependencies: needed } = status;
  const { decisions, sources, ages, oldestServedMs, saved } = counts;
  const { asked, failed } = upstreamCalls;
  const oldest =
    oldestServedMs === 0 ? "" : `; the oldest copy was ${describeDuration(oldestServedMs)} old`;
  const table = plainTable([`since ${clockTime(status.startedAtMs)}`, ""]);
  table.push(
    ["decided", counted(decisions)],
    ["answered from", counted(sources)],
    ["age", `${counted(ages)}${oldest}`],
    [
      "upstream calls",
      `${colours.bold(`${saved} saved`)} (a copy or a revocation answered), ${asked} made, ${failed} in vain`,
    ],
    ["held in memory", cache.memory.entries === 1 ? "1 entry" : `${cache.memory.entries} entries`],
  );
  if (needed.redis.state !== "not-configured")
    table.push([
      "not in Redis yet",
      cache.unpublished === 1 ? "1 write" : `${cache.unpublished} writes`,
    ]);
  return table.toString();
}

function firstMinute({ upstream, redis, control }: UpState): string {
  const table = plainTable(["holdfast up", ""]);
  table.push(
    ["sample upstream", `${upstream.mode}, was asked ${times(upstream.asked)} in all`],
    ["link to Redis", redis === null ? "not configured" : redis.mode],
    ["control plane", `pid ${control.pid}, started again ${times(control.restarts)}`],
  );
  return table.toString();
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

function times(count: number): string {
  return count === 1 ? "1 time" : `${count} times`;
}

function upstreamNote({ lastAskedMs, reason }: UpstreamStatus, nowMs: number): string {
  if (lastAskedMs === null) return "not asked yet";
  const asked = `last asked ${describeDuration(nowMs - lastAskedMs)} ago`;
  return reason === null ? asked : `${asked}: ${reason}`;
}

function since({ state, sinceMs }: { state: string; sinceMs: number }, nowMs: number): string {
  return state === "not-configured" ? "" : sinceText(sinceMs, nowMs);
}

function sinceText(sinceMs: number, nowMs: number): string {
  return `${new Date(sinceMs).toISOString().slice(0, 19)}Z (${describeDuration(nowMs - sinceMs)})`;
}

function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)}Z`;
}

function stateText(state: string): string {
  if (state === "up" || state === "verified") return colours.green(state);
  if (state === "down") return colours.red(state);
  return colours.yellow(state.replace("-", " "));
}

function plainTable(head: string[]): Table.Table {
  return new Table({
    head,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: " ",
    },
  });
}
