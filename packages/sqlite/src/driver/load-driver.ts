import { createRequire } from "node:module";
import { SqliteError } from "../sqlite-error.js";
import type { Driver } from "./driver.js";

let loaded: Driver | undefined;

/**
 * The runtime's own driver where it has a grown one, else the prebuilt one with the same interface. Loaded on first use, and synchronously: the slot of a process is taken before
 * anything else of it runs.
 *
 * @throws SqliteError `internal` where this runtime has neither.
 */
export function loadDriver(): Driver {
  loaded ??= builtIn() ?? prebuilt();
  return loaded;
}

function builtIn(): Driver | undefined {
  return quietly(() => {
    const found: unknown = process.getBuiltinModule?.("node:sqlite");
    return isDriver(found) ? found : undefined;
  });
}

function prebuilt(): Driver {
  const require = createRequire(import.meta.url);
  try {
    const found: unknown = require("@photostructure/sqlite");
    if (isDriver(found)) return found;
  } catch (cause) {
    throw new SqliteError("internal", noDriver(), { cause });
  }
  throw new SqliteError("internal", noDriver());
}

function noDriver(): string {
  return `Cannot load a SQLite driver: none for Node "${process.version}" on "${process.platform}-${process.arch}"`;
}

function isDriver(value: unknown): value is Driver {
  return (
    typeof value === "object" &&
    value !== null &&
    "DatabaseSync" in value &&
    typeof value.DatabaseSync === "function" &&
    // Node before 22.16 has none, and its driver stores an empty blob as null.
    "backup" in value &&
    typeof value.backup === "function"
  );
}

/** Some releases of Node 22 to 24 warn once that their driver is experimental: the choice is ours, not the operator's. */
function quietly<T>(load: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
