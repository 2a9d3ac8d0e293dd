import { CacheError } from "../cache-error.js";
import type { RedisTarget } from "./redis-options.js";

/** What a URL says; the rest is undefined. */
export interface RedisUrl {
  readonly target: RedisTarget;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls: boolean;
}

/**
 * Reads `redis:`, `rediss:` and `unix:` URLs and bare socket paths.
 *
 * @throws CacheError `invalid-option`, which never quotes the URL: it may hold a password.
 */
export function parseRedisUrl(text: string): RedisUrl {
  if (typeof text !== "string") throw invalid("it is not a text");
  const url = readUrl(text.startsWith("/") ? `unix://${text}` : text);
  const credentials = {
    ...(url.username === "" ? {} : { username: decode(url.username) }),
    ...(url.password === "" ? {} : { password: decode(url.password) }),
  };
  switch (url.protocol) {
    case "unix:": {
      const path = decode(url.pathname);
      if (path.length < 2) throw invalid("it names no socket");
      const db = url.searchParams.get("db");
      return { target: { t: "socket", path }, ...credentials, ...dbOf(db ?? ""), tls: false };
    }
    case "redis:":
    case "rediss:": {
      const host = url.hostname.replace(/^\[|\]$/g, "");
      if (host === "") throw invalid("it names no host");
      if (url.search !== "") throw invalid("only unix: URLs take what follows a question mark");
      const port = url.port === "" ? 6379 : Number(url.port);
      const tls = url.protocol === "rediss:";
      return {
        target: { t: "tcp", host, port },
        ...credentials,
        ...dbOf(url.pathname.slice(1)),
        tls,
      };
    }
    default:
      throw invalid(`${JSON.stringify(url.protocol)} is none of redis:, rediss: and unix:`);
  }
}

function readUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw invalid("it is not a URL");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("it holds a % that is not followed by two hexadecimal digits");
  }
}

function dbOf(text: string): { db?: number } {
  if (text === "") return {};
  if (/^\d{1,5}$/.test(text)) return { db: Number(text) };
  throw invalid("its database is not a number");
}

function invalid(state: string): CacheError {
  const argument = "redis.url";
  return new CacheError("invalid-option", `Cannot take "${argument}": ${state}`, { argument });
}
