import { type DestinationStream, type Logger, pino } from "pino";
import type { ResolvedSettings } from "./settings.js";

/** Structured lines to stderr, UTC, without secrets: bodies are never logged, credentials are cut out. */
export function createLog(
  level: ResolvedSettings["logLevel"],
  to: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          "secret",
          "token",
          "*.secret",
          "*.token",
          "headers.authorization",
          "*.authorization",
        ],
        censor: "(cut out)",
      },
    },
    to,
  );
}
