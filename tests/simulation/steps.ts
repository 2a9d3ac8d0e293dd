import type { Acknowledge } from "../../packages/cache/src/cache-contract.js";
import { randomBelow, randomChoice } from "../../packages/cache/src/testing/seeded-random.js";
import { perform } from "./acts.js";
import { failOver, redisFault } from "./faults.js";
import type { Instance, LinkManner } from "./instance.js";
import type { Profile } from "./profile.js";
import { keys, tags } from "./vocabulary.js";
import type { World } from "./world.js";

const hour = 3_600_000;

/** One random step. */
export async function step(world: World, profile: Profile): Promise<void> {
  const what = randomChoice(world.random, profile.weights);
  switch (what) {
    case "act":
      return act(world, profile);
    case "answer":
      return answer(world);
    case "call":
      return call(world);
    case "flow":
      return flow(world);
    case "flow-all":
      return flowAll(world);
    case "lose":
      return lose(world, profile);
    case "commit":
      return commit(world);
    case "time":
      return time(world, profile);
    case "process":
      return processFault(world, profile);
    case "link":
      return linkFault(world, profile);
    case "disk":
      return diskFault(world, profile);
    case "clock":
      return clock(world);
    case "redis":
      return redisFault(world);
    case "fail-over":
      return failOver(world);
    default:
      return what satisfies never;
  }
}

function pick<T>(world: World, from: readonly T[]): T | undefined {
  return from[randomBelow(world.random, from.length)];
}

function anyInstance(world: World): Instance {
  const instance = pick(world, world.instances);
  if (instance === undefined) throw new RangeError("Cannot step: there are no instances");
  return instance;
}

function level(world: World): Acknowledge {
  return randomChoice<Acknowledge>(world.random, [
    [1, "memory"],
    [5, "durable"],
    [3, "shared"],
    [2, "all"],
  ]);
}

async function act(world: World, profile: Profile): Promise<void> {
  const instance = anyInstance(world);
  if (!instance.serving) return;
  const { random } = world;
  const key = keys[randomBelow(random, profile.keys)] ?? "a:1";
  const tagged = random() < profile.tagged ? [pick(world, tags) ?? "red"] : [];
  const short = random() < profile.shortLived;
  const ttlMs = short ? 500 + randomBelow(random, 3_000) : 100 * hour;
  switch (randomChoice(random, profile.acts)) {
    case "set":
      perform(world, instance, { t: "set", key, ttlMs, tags: tagged, level: level(world) });
      break;
    case "copy":
      perform(world, instance, { t: "copy", key, ttlMs });
      break;
    case "delete":
      perform(world, instance, { t: "delete", key, level: level(world) });
      break;
    case "barrier":
      perform(world, instance, {
        t: "barrier",
        member: pick(world, profile.barriers) ?? "g:*",
        level: level(world),
      });
      break;
    case "fetch":
      perform(world, instance, { t: "fetch", key, ttlMs, tags: tagged });
      break;
    case "get":
      perform(world, instance, { t: "get", key });
      perform(world, instance, { t: "peek", key });
      break;
  }
  await world.settle();
}

async function answer(world: World): Promise<void> {
  const open = world.questions.filter(({ instance, life }) => instance.life === life);
  const question = pick(
    world,
    open.filter(({ instance }) => !instance.frozen),
  );
  world.questions.splice(0, world.questions.length, ...open.filter((other) => other !== question));
  if (question === undefined) return;
  const { value, instance } = question;
  const how = randomChoice(world.random, [
    [8, "answers"],
    [1, "denies"],
    [1, "fails"],
  ]);
  world.note(`upstream ${how} ${value.name} to ${instance.name}`);
  if (how === "answers") question.answer(value.name);
  else if (how === "denies") question.answer(null);
  else question.refuse(new Error("the upstream fails"));
  await world.settle();
  world.look(instance);
}

/** One call moves by one leg, or a late one arrives. */
async function call(world: World): Promise<void> {
  const instance = anyInstance(world);
  const { life } = instance;
  if (life === null) return;
  const traffic = pick(world, life.link.traffic);
  if (traffic !== undefined && world.random() < 0.35) {
    if (instance.manner === "mute" || instance.manner === "narrow") return;
    world.note(`${instance.name} -> ${traffic.text}`);
    traffic.call.deliver();
  } else if (life.link.lateRequests > 0 && world.random() < 0.5) {
    world.note(`${instance.name} late request arrives`);
    life.link.arriveLate();
  } else if (instance.running) {
    if (life.link.wakeDue && world.random() < 0.5) await world.wake(instance);
    else if (traffic !== undefined) await world.pass(instance, traffic);
    else await world.turn(instance);
  }
  await world.settle();
}

async function flow(world: World): Promise<void> {
  await world.passAll(anyInstance(world));
}

async function flowAll(world: World): Promise<void> {
  for (const instance of world.instances) await world.passAll(instance);
}

/** A call is lost, with or without its effect. */
async function lose(world: World, profile: Profile): Promise<void> {
  const instance = anyInstance(world);
  if (!instance.running || instance.life === null) return;
  const traffic = pick(world, instance.life.link.traffic);
  if (traffic === undefined) return;
  const how = randomChoice(world.random, [
    [2, "request"],
    [3, "reply"],
    [profile.lateRequests ? 6 : 1, "delay"],
  ]);
  world.note(`${instance.name} loses the ${how} of ${traffic.text}`);
  if (how === "request") traffic.call.dropRequest();
  else if (how === "reply") traffic.call.dropReply();
  else instance.life.link.delay(traffic);
  await world.settle();
}

async function commit(world: World): Promise<void> {
  const held = world.instances.filter(
    ({ running, life }) => running && (life?.disk.waiting ?? 0) > 0,
  );
  const instance = pick(world, held);
  if (instance === undefined) return;
  world.note(`${instance.name} commits`);
  instance.life?.disk.commitNext();
  await world.settle();
  world.look(instance);
}

async function time(world: World, profile: Profile): Promise<void> {
  const durationMs = randomChoice(world.random, profile.durations);
  const spent = Math.round(durationMs * (0.6 + 0.8 * world.random()));
  world.note(`--- ${spent} ms`);
  const flowing = world.random() < 0.7;
  if (flowing) await flowAll(world);
  await world.advance(spent, flowing);
}

async function processFault(world: World, profile: Profile): Promise<void> {
  const instance = anyInstance(world);
  const { life } = instance;
  if (life === null) {
    world.note(`${instance.name} starts`);
    instance.start();
  } else if (instance.frozen) {
    world.note(`${instance.name} thaws`);
    instance.frozen = false;
  } else if (world.random() < 0.3) {
    world.note(`${instance.name} freezes`);
    instance.frozen = true;
  } else if (world.random() < 0.2) {
    world.note(`${instance.name} is told to end`);
    instance.stop().catch((error: unknown) => world.breaks("harness", String(error)));
  } else {
    crash(world, instance, profile);
  }
  await world.settle();
}

/** What was under way arrives, or not. */
function crash(world: World, instance: Instance, profile: Profile): void {
  const disk = world.random() < profile.lostDisks;
  const { life } = instance;
  if (life === null) return;
  for (const { call: pending } of life.link.traffic) {
    if (instance.manner !== "mute" && world.random() < 0.4) pending.deliver();
  }
  if (!profile.fullDisks && world.random() < 0.5) instance.diskFull = false;
  if (disk) {
    world.note(`${instance.name} crashes and loses its disk`);
    instance.lose();
  } else {
    const reached = randomBelow(world.random, life.disk.waiting + 1);
    world.note(`${instance.name} crashes, ${reached} commits reached the disk`);
    instance.crash(reached);
  }
  if (world.random() < 0.5) {
    world.note(`${instance.name} starts`);
    instance.start();
  }
}

async function linkFault(world: World, profile: Profile): Promise<void> {
  const instance = anyInstance(world);
  const { life } = instance;
  if (life === null || instance.frozen) return;
  if (life.link.cutOff) {
    world.note(`${instance.name} link heals`);
    life.link.heal();
  } else if (instance.manner !== "sound") {
    world.note(`${instance.name} link is sound again`);
    instance.manner = "sound";
  } else {
    const how = randomChoice<"cut" | LinkManner>(world.random, [
      [3, "cut"],
      [1, "deaf"],
      [1, "mute"],
      [profile.narrowLinks ? 12 : 1, "narrow"],
    ]);
    world.note(`${instance.name} link is ${how}`);
    if (how === "cut") life.link.cut();
    else instance.manner = how;
  }
  await world.settle();
}

async function diskFault(world: World, profile: Profile): Promise<void> {
  const instance = anyInstance(world);
  const { life } = instance;
  if (life === null || instance.frozen) return;
  const how = randomChoice(world.random, [
    [3, "held"],
    [3, "released"],
    [profile.fullDisks ? 4 : 1, "full"],
    [2, "not full"],
  ]);
  world.note(`${instance.name} disk is ${how}`);
  if (how === "held") life.disk.held = true;
  else if (how === "released") life.disk.release();
  else {
    instance.diskFull = how === "full";
    life.disk.setFull(instance.diskFull);
  }
  await world.settle();
}

async function clock(world: World): Promise<void> {
  const instance = anyInstance(world);
  instance.wall.jumpMs = randomChoice(world.random, [
    [1, -hour],
    [1, 0],
    [1, hour],
  ]);
  world.note(`${instance.name} clock is off by ${instance.wall.jumpMs} ms`);
}
