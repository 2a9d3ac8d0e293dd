import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { redisServerPath } from "@holdfast/testkit";

/** What the figures were measured on, in one sentence. */
export function machineText(atMs: number): string {
  const [processor] = cpus();
  const model = processor?.model.trim() ?? "unknown";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const parts = [
    `${cpus().length} × ${model}`,
    `${gigabytes} GB`,
    `Linux ${release()}`,
    `Node ${process.versions.node}`,
    redisText(),
    `load ${loadavg()[0]?.toFixed(1) ?? "unknown"}`,
  ];
  return `${new Date(atMs).toISOString().slice(0, 16)}Z on ${parts.join(", ")}`;
}

function redisText(): string {
  const path = redisServerPath();
  if (path === undefined) return "no Redis";
  const version = execFileSync(path, ["--version"], { encoding: "utf8" });
  return `Redis ${/v=([\d.]+)/.exec(version)?.[1] ?? "unknown"}`;
}
