import type { Receipt } from "../../packages/cache/src/cache-contract.js";
import type { Operation } from "./ground-truth.js";
import { currencyMs, type Instance } from "./instance.js";
import type { OpSet } from "./op-set.js";
import { serverEpochMs } from "./timers.js";
import type { World } from "./world.js";

/** How far the clock of a run may begin behind that of the run before it. */
const clockGrainMs = 1_000;

/** By what an answer is judged. */
export interface Grounds {
  /** What whoever answers has applied or made. */
  readonly known: OpSet;
  /** What it may know besides. */
  readonly maybe: OpSet;
  readonly guarantee: string;
}

function groundsOf({ knowing }: Instance): Grounds {
  return { known: knowing.applied, maybe: knowing.heardOf, guarantee: "R1" };
}

/** R1: what is served is no older than anything that `known` says. */
export function checkServed(
  world: World,
  instance: Instance,
  served: { readonly key: string; readonly value: unknown; readonly how: string },
  { known, maybe, guarantee }: Grounds = groundsOf(instance),
): void {
  if (served.value === null || served.value === undefined) return;
  const { truth } = world;
  const value = truth.value(served.value);
  const who = `${instance.name} ${served.how} ${served.key} = ${value.name}`;
  if (value.key !== served.key) world.breaks(guarantee, `${who}, a value of ${value.key}`);
  const removal = truth.removalUnknownTo(value, known);
  if (removal !== null) world.breaks(guarantee, `${who}, which did not know of ${removal.text}`);
  const set = truth.setNewerThan(value, known, maybe);
  if (set !== null) world.breaks(guarantee, `${who}, which is older than ${set.text}`);
}

/** R4: what may not be given without being verified is not, for longer than was said. */
export function checkDenied(world: World, instance: Instance, key: string, value: unknown): void {
  if (value === null || !instance.mustDeny(key)) return;
  world.breaks(
    "R4",
    `${instance.name} gives ${key} = ${JSON.stringify(value)}, and has long been out of touch`,
  );
}

/** R2: whoever says that its answers are verified has missed nothing. */
export function checkCurrency(world: World, instance: Instance): void {
  const { truth, nowMs } = world;
  const { life, server, knowing } = instance;
  if (life === null || world.joining || nowMs - instance.attachedAtMs <= currencyMs) return;
  const missing = truth.operations.filter(
    (operation) => operation.t === "removal" && !knowing.heardOf.has(operation.id),
  );
  const overdue = missing.filter(({ id }) => {
    const since = server.carriedAtMs.get(id);
    return since !== undefined && nowMs - since > currencyMs;
  });
  const owed = missing.filter((operation) => isOwed(world, instance, operation));
  const [wrong] = [...overdue, ...owed];
  const unsaid = truth.operations.find((operation) => isUnsaid(world, instance, operation));
  if ((wrong === undefined && unsaid === undefined) || !saysVerified(instance)) return;
  if (wrong !== undefined)
    world.breaks("R2", `${instance.name} says verified and does not know of ${wrong.text}`);
  if (unsaid !== undefined)
    world.breaks("R2", `${instance.name} says verified and the log lacks ${unsaid.text}`);
}

/** Whether the instance knows what its Redis should have been told by now, and was not. */
function isUnsaid(world: World, { server, knowing }: Instance, operation: Operation): boolean {
  const { id, t, madeAtMs } = operation;
  if (!knowing.applied.has(id) || server.mayCarry(id)) return false;
  if (world.nowMs - Math.max(server.forgotAtMs, madeAtMs + clockGrainMs) <= currencyMs)
    return false;
  return t === "removal" || isLive(world, operation, knowing.heardOf);
}

/** Whether a set has neither ended nor been removed, replaced or rivalled by anything that it has heard of. */
function isLive(world: World, set: Operation, heardOf: OpSet): boolean {
  const { truth, nowMs } = world;
  const { value } = set;
  if (value === null || value.endsAtMs <= serverEpochMs + nowMs + currencyMs) return false;
  if (truth.removalUnknownTo(value, heardOf, value.knewSurely) !== null) return false;
  if (truth.removalMadeAnew(value, heardOf)) return false;
  return !truth.hasSuccessor(set, heardOf) && !truth.hasRival(set, heardOf);
}

/** Whether a removal that the Redis forgot has been known to a member that was in touch with it, all the time. */
function isOwed(world: World, instance: Instance, operation: Operation): boolean {
  const { nowMs } = world;
  const { heartbeats } = instance.server;
  if (nowMs < world.splitUntilMs || operation.sharedOn !== heartbeats) return false;
  const sinceMs = nowMs - 2 * currencyMs;
  if (operation.sharedAtMs === null || operation.sharedAtMs >= sinceMs) return false;
  for (const memberId of heartbeats.steadySince(sinceMs, nowMs)) {
    const member = world.instances.find(({ life }) => life?.core.identity.memberId === memberId);
    if (member?.knowing.hasAppliedBy(operation.id, sinceMs) === true) return true;
  }
  return false;
}

/** What was told to end answers nobody, and says nothing by that. */
export function saysVerified({ life }: Instance): boolean {
  return life !== null && !life.ending && life.core.status().currency === "verified";
}

/** R3: who is said to have applied it has, who is said to have expired is unverified. */
export function checkReceipt(
  world: World,
  instance: Instance,
  operation: Operation,
  receipt: Receipt,
): void {
  if (receipt.confirmed === undefined || world.joining) return;
  if (world.nowMs < world.splitUntilMs) return;
  const byId = (id: string): Instance | undefined =>
    world.instances.find(({ life }) => life?.core.identity.memberId === id);
  const knows = (other: Instance | undefined): boolean =>
    other === undefined ||
    other.knowing.applied.has(operation.id) ||
    other.knowing.doubtful.has(operation.id);
  for (const id of receipt.confirmed) {
    const other = byId(id);
    if (knows(other)) continue;
    world.breaks("R3", `${other?.name} is confirmed and does not know of ${operation.text}`);
  }
  for (const id of receipt.expired ?? []) {
    const other = byId(id);
    if (other === undefined || other.knowing.heardOf.has(operation.id) || !saysVerified(other))
      continue;
    world.breaks("R3", `${other.name} is expired, verified and does not know of ${operation.text}`);
  }
  if (receipt.acknowledged !== "all") return;
  for (const other of world.instances) {
    if (
      other.server !== instance.server ||
      other.knowing.heardOf.has(operation.id) ||
      !saysVerified(other)
    )
      continue;
    world.breaks("R3", `${other.name} is verified and does not know of ${operation.text}`);
  }
}
