import { ControlError } from "./control-error.js";

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads `250ms`, `15s`, `15m`, `24h` or `7d`. @throws ControlError `invalid-setting` */
export function parseDuration(name: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unitMs[unit ?? ""];
  if (amount === undefined || factor === undefined) {
    throw new ControlError(
      "invalid-setting",
      `Cannot read the setting ${name}: it is ${JSON.stringify(text)}, it must be a duration such as 15s, 15m or 24h`,
    );
  }
  return Number(amount) * factor;
}

/** For people: `0.4 s`, `12 s`, `3 min 20 s`, `5 h 2 min`, `3 d 4 h`. */
export function describeDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
