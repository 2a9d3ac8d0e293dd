import { SharedStoreError } from "../log/shared-store-error.js";

/** Reads the replies of the scripts, whose shape is written at the head of each. */
export function asList(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw misshapen("a list", reply);
}

export function asText(reply: unknown): string {
  if (typeof reply === "string") return reply;
  throw misshapen("a text", reply);
}

export function asTextOrNull(reply: unknown): string | null {
  return reply === null || reply === undefined ? null : asText(reply);
}

export function asInteger(reply: unknown): number {
  const value = typeof reply === "string" ? Number(reply) : reply;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw misshapen("an integer", reply);
}

/** Cuts a flat list into records of `size`. */
export function asRecords(reply: unknown, size: number): readonly (readonly unknown[])[] {
  const list = asList(reply);
  if (list.length % size !== 0) throw misshapen(`records of ${size}`, reply);
  return Array.from({ length: list.length / size }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

function misshapen(wanted: string, reply: unknown): SharedStoreError {
  const got = Array.isArray(reply) ? `a list of ${reply.length}` : typeof reply;
  return new SharedStoreError(
    "refused",
    `Cannot understand Redis: it answered ${got} in place of ${wanted}`,
  );
}
