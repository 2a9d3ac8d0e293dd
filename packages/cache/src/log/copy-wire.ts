/** A copy as it lies in the shared store: times are the server's. */
export interface SharedCopy {
  /** The cursor of its loader, in the generation that the copy lies in, when the load began. */
  readonly asOf: number;
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
  readonly tags: readonly string[];
  /** Encoded value. */
  readonly value: string;
}

/** First character of a copy: which release can read it. */
const copyFormat = "1";

/** One line of numbers and tags, then the value as it is: a copy costs little more than its value. */
export function encodeCopy(copy: SharedCopy): Uint8Array {
  const { asOf, storedAtMs, freshUntilMs, goneAtMs, tags, value } = copy;
  const numbers = [asOf, storedAtMs, freshUntilMs - storedAtMs, goneAtMs - storedAtMs];
  const head = numbers.map((number) => Math.round(number).toString(36)).join(",");
  return Buffer.from(
    `${copyFormat}${head}${tags.length === 0 ? "" : JSON.stringify(tags)}\n${value}`,
    "utf8",
  );
}

/** Null where the bytes are no copy. */
export function decodeCopy(bytes: Uint8Array): SharedCopy | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const end = text.indexOf("\n");
  if (end < 0 || !text.startsWith(copyFormat)) return null;
  const head = text.slice(copyFormat.length, end);
  const tagsAt = head.indexOf("[");
  const numbers = (tagsAt < 0 ? head : head.slice(0, tagsAt))
    .split(",")
    .map((part) => Number.parseInt(part, 36));
  const [asOf, storedAtMs, fresh, gone] = numbers;
  if (asOf === undefined || storedAtMs === undefined || fresh === undefined || gone === undefined)
    return null;
  if (numbers.length !== 4 || numbers.some((number) => !Number.isFinite(number))) return null;
  const tags = tagsAt < 0 ? [] : parseTags(head.slice(tagsAt));
  if (tags === null) return null;
  return {
    asOf,
    storedAtMs,
    freshUntilMs: storedAtMs + fresh,
    goneAtMs: storedAtMs + gone,
    tags,
    value: text.slice(end + 1),
  };
}

function parseTags(text: string): readonly string[] | null {
  try {
    const tags: unknown = JSON.parse(text);
    return Array.isArray(tags) && tags.every((tag) => typeof tag === "string") ? tags : null;
  } catch {
    return null;
  }
}
