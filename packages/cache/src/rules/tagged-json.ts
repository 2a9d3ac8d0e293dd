import { isPlainObject, maxDepth } from "./plain-json.js";
import { quote } from "./quote.js";
import { invalidValue, propertyStep } from "./value-fault.js";

/** The last millisecond that a Date can hold. */
const latestDateMs = 8.64e15;

/**
 * A value as JSON can hold it. What JSON does not know stands as an object of one property whose
 * name begins with a dollar sign: `$date` (ms), `$bigint`, `$map` (pairs), `$set`, `$bytes` and
 * `$buffer` (base64), `$number` (-0). Properties of the value's own that begin with one get one more.
 *
 * @throws CacheError `invalid-value` naming the part that cannot be carried.
 */
export function tagValue(value: unknown, maxBytes: number): unknown {
  return new Tagging(maxBytes).tag(value);
}

/** What `tagValue` was given. Throws where the text is not what it can have made. */
export function untagValue(tagged: unknown): unknown {
  if (typeof tagged !== "object" || tagged === null) return tagged;
  if (Array.isArray(tagged)) return tagged.map(untagValue);
  const entries: [string, unknown][] = Object.entries(tagged);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && /^\$(?!\$)/.test(first[0])) {
    return untagSpecial(first[0], first[1]);
  }
  return Object.fromEntries(
    entries.map(([key, part]) => [key.startsWith("$") ? key.slice(1) : key, untagValue(part)]),
  );
}

/** One walk over one value. */
class Tagging {
  readonly #path: string[] = [];
  /** The objects that the walk is inside of. */
  readonly #inside: object[] = [];
  readonly #maxBytes: number;
  #budget: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#budget = maxBytes;
  }

  tag(value: unknown): unknown {
    this.#spend(1);
    switch (typeof value) {
      case "string":
        this.#spend(value.length);
        return value;
      case "boolean":
        return value;
      case "number":
        if (!Number.isFinite(value)) throw this.#fault(`it is ${value}`);
        return Object.is(value, -0) ? { $number: "-0" } : value;
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? null : this.#enter(value);
      case "undefined":
        throw this.#fault("it is undefined");
      case "function":
      case "symbol":
        throw this.#fault(`it is a ${typeof value}`);
    }
  }

  #enter(object: object): unknown {
    if (this.#inside.includes(object)) throw this.#fault("it contains itself");
    if (this.#inside.length === maxDepth) {
      throw this.#fault(`it is nested deeper than ${maxDepth} levels`);
    }
    this.#inside.push(object);
    const tagged = this.#object(object);
    this.#inside.pop();
    return tagged;
  }

  #object(object: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (Array.isArray(object) && prototype === Array.prototype) return this.#items(object);
    if (isPlainObject(object)) return this.#properties(object);
    if (object instanceof Date && prototype === Date.prototype) return this.#date(object);
    if (object instanceof Map && prototype === Map.prototype) return { $map: this.#pairs(object) };
    if (object instanceof Set && prototype === Set.prototype)
      return { $set: this.#items([...object]) };
    if (
      object instanceof Uint8Array &&
      (prototype === Uint8Array.prototype || Buffer.isBuffer(object))
    ) {
      return this.#bytes(object);
    }
    throw this.#fault(`it is an instance of ${nameOf(object)}`);
  }

  #items(items: readonly unknown[]): unknown[] {
    // By index, so that a hole is found and not skipped.
    return Array.from(items, (item: unknown, index) => this.#part(`[${index}]`, item));
  }

  #pairs(map: ReadonlyMap<unknown, unknown>): unknown[] {
    return Array.from(map, ([key, value], index) => [
      this.#part(`.key(${index})`, key),
      this.#part(typeof key === "string" ? `.get(${quote(key)})` : `.value(${index})`, value),
    ]);
  }

  #properties(object: Readonly<Record<string, unknown>>): unknown {
    if (Object.getOwnPropertySymbols(object).length > 0) {
      throw this.#fault("it has a property named by a symbol");
    }
    return Object.fromEntries(
      Object.keys(object).map((key) => {
        this.#spend(key.length + 3);
        return [key.startsWith("$") ? `$${key}` : key, this.#part(propertyStep(key), object[key])];
      }),
    );
  }

  #part(step: string, value: unknown): unknown {
    this.#path.push(step);
    const tagged = this.tag(value);
    this.#path.pop();
    return tagged;
  }

  #date(date: Date): unknown {
    const ms = date.getTime();
    if (Number.isNaN(ms)) throw this.#fault("it is an invalid date");
    return { $date: ms };
  }

  #bigint(value: bigint): unknown {
    const text = value.toString();
    this.#spend(text.length);
    return { $bigint: text };
  }

  #bytes(bytes: Uint8Array): unknown {
    this.#spend(Math.ceil(bytes.length / 3) * 4);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
    return Buffer.isBuffer(bytes) ? { $buffer: text } : { $bytes: text };
  }

  #spend(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) throw invalidValue([], `it is longer than ${this.#maxBytes} bytes`);
  }

  #fault(fault: string): Error {
    return invalidValue(this.#path, fault);
  }
}

function nameOf(object: object): string {
  const made: unknown = object.constructor;
  return typeof made === "function" && made.name !== "" ? made.name : "an unnamed class";
}

function untagSpecial(tag: string, body: unknown): unknown {
  if (tag === "$date" && typeof body === "number" && Math.abs(body) <= latestDateMs) {
    return new Date(body);
  }
  if (tag === "$number" && body === "-0") return -0;
  if (tag === "$bigint" && typeof body === "string") return BigInt(body);
  if (tag === "$map" && Array.isArray(body)) return new Map(body.map(untagPair));
  if (tag === "$set" && Array.isArray(body)) return new Set(body.map(untagValue));
  if (tag === "$buffer" && typeof body === "string") return bytesOf(body);
  if (tag === "$bytes" && typeof body === "string") return Uint8Array.from(bytesOf(body));
  throw new TypeError(`Cannot read a part of a value: it is tagged ${quote(tag)}`);
}

/** The decoder of base64 passes over what is none, so what it read is written again and compared. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new TypeError("Cannot read bytes: it is not base64");
  return bytes;
}

function untagPair(pair: unknown): [unknown, unknown] {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError("Cannot read a map: one of its pairs is none");
  }
  return [untagValue(pair[0]), untagValue(pair[1])];
}
