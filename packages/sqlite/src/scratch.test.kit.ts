import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Migration } from "./durable.js";
import type { DurableOptions } from "./durable-options.js";

export const kvMigrations: readonly Migration[] = [
  {
    name: "values by key",
    sql: "CREATE TABLE kv (k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID",
  },
];

/** One table of texts by key, enough to see what a file holds. */
export const kv: Omit<DurableOptions, "directory"> = {
  role: "copy",
  migrations: kvMigrations,
  statements: {
    put: "INSERT OR REPLACE INTO kv (k, v) VALUES (?, ?)",
    add: "INSERT INTO kv (k, v) VALUES (?, ?)",
    remove: "DELETE FROM kv WHERE k = ?",
    // Adds as many rows as it is told, of 200 characters each.
    fill: `INSERT INTO kv (k, v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      SELECT 'fill:' || hex(randomblob(8)), hex(randomblob(100)) FROM n`,
    clear: "DELETE FROM kv",
  },
  writtenBy: "0.8",
};

/** A directory that goes with the test. */
export function scratch(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-sqlite-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Waits until `holds` is true, at most `deadlineMs`. */
export async function until(holds: () => boolean, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Not within ${deadlineMs} ms: ${String(holds)}`);
    await delay(5);
  }
}

/**
 * Runs another file as a process, `through` a command where one is given; ends it with the test. It
 * has to be a file without tests: one with tests would run them, and start itself without end.
 */
export function runPart(
  context: TestContext,
  url: URL,
  words: readonly string[],
  through: readonly string[] = [],
): ChildProcess {
  const file = fileURLToPath(url);
  if (!file.endsWith(".test.part.ts"))
    throw new Error(`Cannot run "${file}": not a part of a test`);
  const [command = "", ...rest] = [
    ...through,
    process.execPath,
    ...process.execArgv,
    file,
    ...words,
  ];
  const child = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
  context.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

/** Lines that a child prints, one by one. */
export async function* linesOf(child: ChildProcess): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const chunk of child.stdout ?? []) {
    const lines = `${rest}${String(chunk)}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** The next line, or an error when the child ended without one. */
export async function nextLine(lines: AsyncGenerator<string, void, void>): Promise<string> {
  const next = await lines.next();
  if (typeof next.value !== "string") throw new Error("The other process ended without a word");
  return next.value;
}
