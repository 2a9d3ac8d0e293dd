import { checkServed, saysVerified } from "./checks.js";
import type { Operation, Value } from "./ground-truth.js";
import { currencyMs, type Instance } from "./instance.js";
import { OpSet } from "./op-set.js";
import { serverEpochMs } from "./timers.js";
import { keys } from "./vocabulary.js";
import type { World } from "./world.js";

/** How a set came to be lost in the direction that is safe. */
export interface Tally {
  /** By a removal that was made anew. */
  anew: number;
  /** By a set that it did not know of and that was removed, or had ended, in its turn. */
  rivals: number;
}

/** What is found of a key at rest. */
interface Rest {
  readonly key: string;
  /** What somebody is certain to know, and what somebody may know. */
  readonly known: OpSet;
  readonly maybe: OpSet;
  readonly held: string | null;
}

const restMs = 60_000;

/** Heals everything, leaves one master, and lets time pass until nothing is owed. */
export async function comeToRest(world: World): Promise<void> {
  world.note("--- heals");
  const [master] = world.servers;
  if (master === undefined) return;
  world.servers = [master];
  master.model.setIdentityHidden(false);
  master.model.evicts = false;
  master.model.refusesWrites = false;
  for (const instance of world.instances) await heal(world, instance, master);
  await endAll(world);
  for (const instance of world.instances) await heal(world, instance, master);
  for (const question of world.questions.splice(0)) {
    if (question.instance.life === question.life) question.refuse(new Error("no answer"));
  }
  await world.settle();
  const endMs = world.nowMs + restMs;
  const calmMs = world.nowMs + 3 * currencyMs + 1_000;
  while (world.broken === null && world.nowMs < endMs) {
    for (const instance of world.instances) await world.passAll(instance);
    if (world.nowMs >= calmMs && isAtRest(world)) return;
    await world.advance(currencyMs / 4, true);
  }
  for (const instance of world.instances) {
    const status = instance.life?.core.status();
    world.note(
      `${instance.name}: ${status?.unverifiedBecause}, unpublished ${status?.unpublished}`,
    );
  }
  world.breaks("convergence", "does not come to rest");
}

/** Lets those that were told to end do so. */
async function endAll(world: World): Promise<void> {
  for (let count = 0; count < 100; count += 1) {
    if (!world.instances.some(({ life }) => life?.ending === true)) return;
    for (const instance of world.instances) await world.passAll(instance);
    await world.advance(50, true);
  }
  world.breaks("liveness", "a program that was told to end does not");
}

function isAtRest(world: World): boolean {
  return world.instances.every((instance) => {
    const { life } = instance;
    return (
      life !== null &&
      life.waiting === 0 &&
      life.link.traffic.length === 0 &&
      life.core.status().unpublished === 0 &&
      saysVerified(instance)
    );
  });
}

async function heal(
  world: World,
  instance: Instance,
  master: World["servers"][number],
): Promise<void> {
  if (instance.life === null) {
    instance.server = master;
    instance.start();
    await world.settle();
  }
  const { life } = instance;
  if (life === null) return;
  instance.frozen = false;
  instance.manner = "sound";
  instance.diskFull = false;
  life.disk.setFull(false);
  life.disk.release();
  life.link.dropLate();
  if (instance.server !== master) instance.attach(master);
  if (life.link.cutOff) life.link.heal();
  await world.settle();
}

/** R5 and convergence: everybody knows everything that any disk still knew, and answers the same. */
export async function checkRest(world: World, tally: Tally): Promise<void> {
  const known = new OpSet();
  const maybe = new OpSet();
  for (const { knowing } of world.instances) known.unite(knowing.applied);
  for (const { knowing } of world.instances) maybe.unite(knowing.heardOf);
  for (const key of keys) {
    const answers: (string | null)[] = [];
    for (const instance of world.instances) {
      const { life } = instance;
      if (life === null) continue;
      const got = await answered(world, instance, life.core.get(key));
      const peek = await life.core.peek(key);
      for (const value of [got, peek?.value]) {
        const served = { key, value, how: "at rest answers" };
        checkServed(world, instance, served, { known, maybe, guarantee: "R5" });
      }
      answers.push(peek?.kind === "write" ? String(peek.value) : null);
    }
    world.note(`at rest ${key}: ${answers.join(" ")}`);
    if (new Set(answers).size > 1) {
      world.breaks("convergence", `${key} is ${answers.join(", ")} at rest`);
    }
    checkHeld(world, { key, known, maybe, held: answers[0] ?? null }, tally);
  }
}

async function answered(
  world: World,
  instance: Instance,
  answer: Promise<unknown>,
): Promise<unknown> {
  await world.settle();
  await world.passAll(instance);
  return answer;
}

/** An acknowledged set is held, or something that did not know of it took its place. */
function checkHeld(world: World, at: Rest, tally: Tally): void {
  if (at.held !== null || world.joining) return;
  const owed = world.truth.standingSets(at.key, at.known).filter((set) => isOwed(world, set, at));
  const [first] = owed;
  if (first === undefined) return;
  if (owed.every((set) => rivals(world, set, at).length > 0)) tally.rivals += 1;
  else if (owed.every((set) => takenAnew(world, set, at.maybe))) tally.anew += 1;
  else world.breaks("R5", `nobody holds ${owed.map(({ text }) => text).join(" or ")}`);
}

/** Whether the set has neither ended nor been removed or replaced, as far as anybody can tell. */
function isOwed(world: World, set: Operation, { maybe }: Rest): boolean {
  const { truth, nowMs } = world;
  const { value } = set;
  if (value === null || value.endsAtMs <= serverEpochMs + nowMs + currencyMs) return false;
  if (truth.removalUnknownTo(value, maybe, value.knewSurely) !== null) return false;
  return !truth.hasSuccessor(set, maybe);
}

/**
 * Sets that the set's writer did not know of: one of them may have been the newer one, and be over
 * by now. What goes by its key with a removal that the set's writer knew of cannot have been that;
 * what goes by its tag leaves its place behind.
 */
function rivals({ truth }: World, set: Operation, { known, maybe }: Rest): Operation[] {
  const { value } = set;
  if (value === null) return [];
  const untagged: Value = { ...value, tags: [] };
  return truth.operations.filter((rival) => {
    if (rival.value === null || rival === set || rival.member !== set.member) return false;
    if (!maybe.has(rival.id) || value.knewSurely.has(rival.id)) return false;
    const { knew } = rival.value;
    const taken = truth.removalUnknownTo(rival.value, value.knewSurely, knew, untagged);
    return taken === null || !known.has(taken.id);
  });
}

/** Whether a removal that the set's writer knew was published again as if it were new. */
function takenAnew({ truth }: World, { value }: Operation, known: OpSet): boolean {
  return value !== null && truth.removalMadeAnew(value, known);
}
