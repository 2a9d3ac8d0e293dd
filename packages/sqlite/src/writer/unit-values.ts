import type { SqliteValue } from "../durable.js";
import { SqliteError } from "../sqlite-error.js";
import type { Unit } from "./committer.js";

/**
 * Refuses a unit that could not travel to the writer or that SQLite could not hold, before it
 * joins others: one bad value must not fail the group that it would have shared.
 *
 * @throws SqliteError `invalid`
 */
export function checkUnit(
  unit: Unit,
  statements: Readonly<Record<string, string>>,
  act: string,
): void {
  for (const [name, ...values] of unit) {
    if (!Object.hasOwn(statements, name)) {
      throw new SqliteError("invalid", `Cannot ${act}: no statement is named "${name}"`);
    }
    for (const [place, value] of values.entries()) {
      if (!isSqliteValue(value)) {
        throw new SqliteError(
          "invalid",
          `Cannot ${act}: value ${place + 1} of "${name}" is of type "${typeof value}"`,
        );
      }
    }
  }
}

function isSqliteValue(value: unknown): value is SqliteValue {
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value;
  return (
    typeof value === "string" ||
    typeof value === "number" ||
    value === null ||
    value instanceof Uint8Array
  );
}
