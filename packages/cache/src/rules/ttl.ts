import { CacheError } from "../cache-error.js";
import { quote } from "./quote.js";

/**
 * A TTL in whole milliseconds, at least one. Fractions of a second are allowed; zero is not, since
 * the tiers do not agree on what it means.
 *
 * @throws CacheError `invalid-ttl` for what is not a finite number above zero, or is beyond `maxMs`,
 *   the horizon of the namespace.
 */
export function ttlMs(ttlSeconds: unknown, maxMs: number): number {
  if (typeof ttlSeconds !== "number" || !Number.isFinite(ttlSeconds) || ttlSeconds <= 0) {
    throw invalidTtl(ttlSeconds, "it should be a finite number of seconds above 0");
  }
  const ms = Math.max(1, Math.round(ttlSeconds * 1000));
  if (ms > maxMs) {
    throw invalidTtl(ttlSeconds, `the namespace keeps nothing longer than ${maxMs / 1000} seconds`);
  }
  return ms;
}

function invalidTtl(value: unknown, fault: string): CacheError {
  return new CacheError("invalid-ttl", `Cannot use ttlSeconds ${quote(value)}: ${fault}`, {
    argument: "ttlSeconds",
  });
}
