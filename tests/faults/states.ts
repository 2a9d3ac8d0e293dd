import assert from "node:assert/strict";
import type { CacheStatus } from "@holdfast/cache";
import { eventually } from "@holdfast/testkit";
import type { Instance } from "./instance.js";

/** How long a state may take to come about on a machine that is busy with other tests. */
const patience = { withinMs: 20_000, everyMs: 20 };

/** Resolves with the status once it is as the check wants it. */
export async function whenStatus(
  instance: Instance,
  check: (status: CacheStatus) => boolean,
): Promise<CacheStatus> {
  return eventually(async () => {
    const status = await instance.status();
    if (check(status)) return status;
    throw new Error(JSON.stringify(status));
  }, patience);
}

/** Resolves once every instance has Redis in use, is verified, and has published and read everything. */
export async function settled(...instances: readonly Instance[]): Promise<void> {
  await eventually(async () => {
    const all = await statuses(instances);
    assert.ok(all.every(isSettled) && areLevel(all), JSON.stringify(all));
  }, patience);
}

/** As `settled`, and each sees all the others at its own place. */
export async function acquainted(...instances: readonly Instance[]): Promise<void> {
  await settled(...instances);
  await eventually(async () => {
    for (const status of await statuses(instances)) {
      const current = status.members.filter((member) => member.state === "current");
      assert.ok(isSettled(status) && current.length >= instances.length, JSON.stringify(status));
    }
  }, patience);
}

function statuses(instances: readonly Instance[]): Promise<CacheStatus[]> {
  return Promise.all(instances.map((instance) => instance.status()));
}

function isSettled({ redis, currency, unpublished }: CacheStatus): boolean {
  return redis.state === "up" && currency === "verified" && unpublished === 0;
}

/** An instance that has missed something may be verified for as long as `currencyMs`; then it is behind. */
function areLevel([first, ...others]: readonly CacheStatus[]): boolean {
  return others.every(
    ({ generation, cursor }) =>
      generation?.id === first?.generation?.id && cursor === first?.cursor,
  );
}

/** Resolves once the instance cannot rule out that it has missed something, with the reason. */
export async function unverified(instance: Instance): Promise<string> {
  const { unverifiedBecause } = await whenStatus(
    instance,
    ({ currency }) => currency === "unverified",
  );
  return unverifiedBecause ?? "";
}

/** Every one of them answers the key with that value now. */
export async function allAnswer(
  instances: readonly Instance[],
  key: string,
  value: unknown,
): Promise<void> {
  const answers = await Promise.all(instances.map((instance) => instance.get(key)));
  assert.deepEqual(
    answers,
    instances.map(() => value),
    key,
  );
}

/** Resolves once the instance answers the key with that value. */
export async function whenAnswers(instance: Instance, key: string, value: unknown): Promise<void> {
  await eventually(async () => assert.deepEqual(await instance.get(key), value), patience);
}
