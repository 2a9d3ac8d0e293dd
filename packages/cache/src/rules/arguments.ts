import type { Acknowledge, RemovalTarget } from "../cache-contract.js";
import { CacheError } from "../cache-error.js";
import { compileGlob } from "./glob.js";
import { quote } from "./quote.js";

/** From the least to the most; each includes the ones before it. */
export const acknowledgeLevels: readonly Acknowledge[] = ["memory", "durable", "shared", "all"];

/** The level asked for, `durable` where none is. Throws CacheError `invalid-option`. */
export function acknowledgeLevel(options: { readonly acknowledge?: Acknowledge }): Acknowledge {
  const wanted: unknown = options.acknowledge ?? "durable";
  const level = acknowledgeLevels.find((known) => known === wanted);
  if (level !== undefined) return level;
  throw new CacheError(
    "invalid-option",
    `Cannot use acknowledge ${quote(wanted)}: it should be one of ${acknowledgeLevels.join(", ")}`,
    {
      argument: "acknowledge",
    },
  );
}

/** The single key that a target means, also where it is written as a glob; null: it may mean several. */
export function literalKey(target: RemovalTarget): string | null {
  if ("key" in target) return target.key;
  return "glob" in target ? compileGlob(target.glob).literal : null;
}
