import type { Acknowledge, Receipt } from "../../packages/cache/src/cache-contract.js";
import { CacheError } from "../../packages/cache/src/cache-error.js";
import { compileGlob } from "../../packages/cache/src/rules/glob.js";
import { checkDenied, checkReceipt, checkServed } from "./checks.js";
import type { Operation, Value } from "./ground-truth.js";
import type { Instance, Life } from "./instance.js";
import { serverEpochMs } from "./timers.js";
import type { World } from "./world.js";

/** What a caller can ask of a cache, with the truth told of it. */
export type Act =
  | {
      readonly t: "set";
      readonly key: string;
      readonly ttlMs: number;
      readonly tags: readonly string[];
      readonly level: Acknowledge;
    }
  | { readonly t: "copy"; readonly key: string; readonly ttlMs: number }
  | { readonly t: "delete"; readonly key: string; readonly level: Acknowledge }
  | { readonly t: "barrier"; readonly member: string; readonly level: Acknowledge }
  | {
      readonly t: "fetch";
      readonly key: string;
      readonly ttlMs: number;
      readonly tags: readonly string[];
    }
  | { readonly t: "get"; readonly key: string }
  | { readonly t: "peek"; readonly key: string };

/** Has a running instance do it. What it answers is checked when it does. */
export function perform(world: World, instance: Instance, act: Act): void {
  const { life } = instance;
  if (life === null || !instance.serving) return;
  switch (act.t) {
    case "set":
      return set(world, instance, life, act);
    case "copy":
      return copy(world, instance, life, act);
    case "delete":
      return remove(world, instance, life, {
        member: `k:${act.key}`,
        matches: (key) => key === act.key,
        made: () => life.core.delete(act.key, { acknowledge: act.level }),
      });
    case "barrier":
      return barrier(world, instance, life, act);
    case "fetch":
      return fetch(world, instance, life, act);
    case "get":
      return follow(world, instance, life, life.core.get(act.key), (value) => {
        checkServed(world, instance, { key: act.key, value, how: "gets" });
        checkDenied(world, instance, act.key, value);
      });
    case "peek":
      return follow(world, instance, life, life.core.peek(act.key), (peek) =>
        checkServed(world, instance, { key: act.key, value: peek?.value, how: "peeks" }),
      );
    default:
      return act satisfies never;
  }
}

function set(world: World, instance: Instance, life: Life, act: Act & { t: "set" }): void {
  const { key, ttlMs, tags, level } = act;
  const endsAtMs = serverEpochMs + world.nowMs + ttlMs;
  const value = newValue(world, instance, { key, tags, kind: "set", endsAtMs });
  const receipt = life.core.set(key, value.name, ttlMs / 1_000, { acknowledge: level, tags });
  const number = life.core.knowledge.pending.key(key)?.number;
  const operation = world.truth.operation({
    t: "set",
    member: `k:${key}`,
    text: `${value.name} = set ${key} for ${ttlMs / 1_000} s${tags.length > 0 ? ` ${tags.join()}` : ""} (${level}) by ${instance.name}`,
    by: instance.number,
    matches: (other) => other === key,
    madeAtMs: world.nowMs,
    value,
  });
  written(world, instance, life, { operation, receipt, number });
}

function copy(world: World, instance: Instance, life: Life, act: Act & { t: "copy" }): void {
  const { key, ttlMs } = act;
  const value = newValue(world, instance, { key, tags: [], kind: "copy", endsAtMs: 0 });
  world.note(`${instance.name} keeps copy ${value.name} of ${key}`);
  const kept = life.core.set(key, value.name, ttlMs / 1_000, { copy: true });
  follow(world, instance, life, kept, () => undefined);
}

function barrier(world: World, instance: Instance, life: Life, act: Act & { t: "barrier" }): void {
  const { member, level } = act;
  const subject = member.slice(2);
  const acknowledge = { acknowledge: level };
  if (member.startsWith("t:")) {
    return remove(world, instance, life, {
      member,
      matches: (_, tags) => tags.includes(subject),
      made: () => life.core.invalidate({ tag: subject }, acknowledge),
    });
  }
  if (member.startsWith("n:")) {
    return remove(world, instance, life, {
      member,
      matches: (key) => key.startsWith(`${subject}:`),
      made: () => life.core.invalidate({ namespace: subject }, acknowledge),
    });
  }
  const glob = compileGlob(subject);
  remove(world, instance, life, {
    member,
    matches: (key) => glob.matches(key),
    made: () => life.core.invalidate({ glob: subject }, acknowledge),
  });
}

interface Removal {
  readonly member: string;
  readonly matches: Operation["matches"];
  readonly made: () => Promise<Receipt>;
}

function remove(world: World, instance: Instance, life: Life, removal: Removal): void {
  const { member, matches, made } = removal;
  const receipt = made();
  const { pending } = life.core.knowledge;
  const key = member.startsWith("k:") ? pending.key(member.slice(2)) : pending.barrier(member);
  const operation = world.truth.operation({
    t: "removal",
    member,
    text: `r${world.truth.operations.length} = remove ${member} by ${instance.name}`,
    by: instance.number,
    matches,
    madeAtMs: world.nowMs,
    value: null,
  });
  written(world, instance, life, { operation, receipt, number: key?.number });
}

interface Written {
  readonly operation: Operation;
  readonly receipt: Promise<Receipt>;
  readonly number: number | undefined;
}

function written(world: World, instance: Instance, life: Life, write: Written): void {
  const { operation, receipt, number } = write;
  world.note(`${instance.name} #${number ?? "-"}: ${operation.text}`);
  if (number !== undefined) instance.knowing.made(operation, number);
  follow(world, instance, life, receipt, (given) =>
    acknowledged(world, instance, operation, given),
  );
}

function acknowledged(
  world: World,
  instance: Instance,
  operation: Operation,
  receipt: Receipt,
): void {
  const { acknowledged: level, shortfall } = receipt;
  world.note(
    `${instance.name} has ${operation.text}: ${level}${shortfall ? ` (${shortfall.code})` : ""}`,
  );
  if (level !== "memory") {
    operation.durable = true;
    instance.knowing.kept(operation);
  }
  if (level === "shared" || level === "all") {
    operation.sharedAtMs = world.nowMs;
    operation.sharedOn = instance.server.heartbeats;
  }
  if (operation.t === "removal") checkReceipt(world, instance, operation, receipt);
}

function fetch(world: World, instance: Instance, life: Life, act: Act & { t: "fetch" }): void {
  const { key, ttlMs, tags } = act;
  const loader = (): Promise<string | null> =>
    new Promise((resolve, reject) => {
      const value = newValue(world, instance, { key, tags, kind: "copy", endsAtMs: 0 });
      world.note(`${instance.name} loads ${value.name} of ${key}`);
      world.questions.push({ instance, life, value, answer: resolve, refuse: reject });
    });
  const policy = { ttlMs, jitter: 0, graceMs: 60_000, softDeadlineMs: 100, tags };
  world.note(`${instance.name} fetches ${key}`);
  follow(world, instance, life, life.core.fetch(key, loader, policy), ({ value }) =>
    checkServed(world, instance, { key, value, how: "fetches" }),
  );
}

function newValue(
  world: World,
  instance: Instance,
  given: Pick<Value, "key" | "tags" | "kind" | "endsAtMs">,
): Value {
  const { truth } = world;
  return truth.addValue({
    ...given,
    name: `${given.kind === "set" ? "s" : "u"}${truth.valueCount}`,
    by: instance.number,
    knew: instance.knowing.heardOf.copy(),
    hadRead: instance.knowing.read(),
    knewSurely: instance.knowing.applied.copy(),
  });
}

/** Waits for the answer for as long as the program runs; a refusal in the cache's own words is an answer. */
function follow<T>(
  world: World,
  instance: Instance,
  life: Life,
  answer: Promise<T>,
  check: (answer: T) => void,
): void {
  life.waiting += 1;
  answer
    .then(
      (given) => {
        life.waiting -= 1;
        if (instance.life === life) check(given);
      },
      (error: unknown) => {
        life.waiting -= 1;
        if (!(error instanceof CacheError))
          world.breaks("liveness", `${instance.name}: ${String(error)}`);
        else world.note(`${instance.name}: ${error.message}`);
      },
    )
    .catch((error: unknown) => world.breaks("harness", String(error)));
}
