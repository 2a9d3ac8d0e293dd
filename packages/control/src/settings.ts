import { z } from "zod";
import { ControlError } from "./control-error.js";

const port = z.number().int().min(0).max(65_535);
const durationMs = z.number().min(0);

const settingsSchema = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  port: port.default(8080),
  stateDirectory: z.string().min(1).default(".holdfast"),
  allowedHosts: z.array(z.string().min(1)).default([]),
  realm: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .default("default"),
  upstreamUrl: z.string().min(1),
  upstreamTokenFile: z.string().min(1).nullable().default(null),
  upstreamDeadlineMs: durationMs.default(5_000),
  fleetKeyFile: z.string().min(1).nullable().default(null),
  redisUrl: z.string().min(1).nullable().default(null),
  redisPrefix: z.string().min(1).default("holdfast"),
  ttlMs: durationMs.default(120_000),
  graceMs: durationMs.default(86_400_000),
  jitter: z.number().default(0.1),
  refreshAhead: z.number().default(0.75),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

/** What `holdfast control` can be told; everything but `upstreamUrl` has a default. */
export type ControlSettings = z.input<typeof settingsSchema>;

export type ResolvedSettings = z.output<typeof settingsSchema>;

/** @throws ControlError `invalid-setting` naming path, value and what is allowed. */
export function resolveSettings(settings: ControlSettings): ResolvedSettings {
  const result = settingsSchema.safeParse(settings);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join(".") ?? "";
  const value: unknown = Reflect.get(settings, issue?.path[0] ?? "");
  throw new ControlError(
    "invalid-setting",
    `Cannot use the setting ${path === "" ? "object" : path}: it is ${JSON.stringify(value)}; ${issue?.message ?? "not valid"}`,
  );
}
