import { chmodSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { StatementCache } from "../driver/statement-cache.js";
import { quoted } from "./migrate.js";
import { syncDirectory } from "./sync-directory.js";
import { utcStamp } from "./utc-stamp.js";

/** Keeps the file as it is before it becomes one of schema `version`: the way back to the older release. */
export function keepBefore(
  connection: StatementCache,
  path: string,
  version: number,
  nowMs: number,
): void {
  const target = `${path}.before-${version}-${utcStamp(nowMs)}`;
  const part = `${target}.part`;
  rmSync(part, { force: true });
  connection.db.exec(`VACUUM INTO ${quoted(part)}`);
  chmodSync(part, 0o600);
  renameSync(part, target);
  syncDirectory(dirname(path));
}
