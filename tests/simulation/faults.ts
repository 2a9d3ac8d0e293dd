import { randomBelow, randomChoice } from "../../packages/cache/src/testing/seeded-random.js";
import { Heartbeats } from "./heartbeats.js";
import { currencyMs } from "./instance.js";
import type { Server, ServerSnapshot } from "./server.js";
import { keys } from "./vocabulary.js";
import type { World } from "./world.js";

const snapshots = new WeakMap<Server, ServerSnapshot>();
const replicas = new WeakMap<Server, Server>();

function anyServer(world: World): Server | undefined {
  return world.servers[randomBelow(world.random, world.servers.length)];
}

/** Something happens to a server and stays with it. */
export async function redisFault(world: World): Promise<void> {
  const server = anyServer(world);
  if (server === undefined) return;
  const how = randomChoice(world.random, [
    [4, "saves"],
    [3, "restarts from its file"],
    [2, "restarts empty"],
    [1, "is flushed"],
    [1, "is promoted"],
    [2, "evicts copies"],
    [1, "hides its identity"],
    [1, "may evict"],
    [1, "takes no writes"],
    [4, "is well"],
  ]);
  world.note(`${server.name} ${how}`);
  switch (how) {
    case "saves":
      snapshots.set(server, server.snapshot());
      break;
    case "restarts from its file":
      restartFrom(server);
      restarted(world, server);
      break;
    case "restarts empty":
      restartEmpty(world, server);
      break;
    case "is flushed":
      server.flush();
      break;
    case "is promoted":
      server.model.promote();
      if (world.random() < 0.5) restarted(world, server);
      break;
    case "evicts copies":
      evict(server);
      break;
    case "hides its identity":
      server.model.setIdentityHidden(true);
      break;
    case "may evict":
      server.model.evicts = true;
      break;
    case "takes no writes":
      server.model.refusesWrites = true;
      break;
    case "is well":
      server.model.setIdentityHidden(false);
      server.model.evicts = false;
      server.model.refusesWrites = false;
      break;
  }
  await world.settle();
}

/**
 * What was made on a server without a readable identity never comes back, here and below: to go two
 * ways unseen is the documented limit of such servers, and a place in the log means two things then.
 */
function restartFrom(server: Server): void {
  const snapshot = snapshots.get(server);
  if (snapshot === undefined || snapshot.isNameless) server.restartEmpty();
  else server.restore(snapshot);
}

/** The server comes back with nothing. */
export function restartEmpty(world: World, server: Server): void {
  server.restartEmpty();
  restarted(world, server);
}

/** Every link to it breaks, and most come back at once. */
function restarted(world: World, server: Server): void {
  for (const instance of world.instances) {
    if (instance.server !== server || instance.life === null || instance.frozen) continue;
    if (instance.life.link.cutOff) continue;
    instance.life.link.cut();
    if (world.random() < 0.8) instance.life.link.heal();
  }
}

function evict(server: Server): void {
  const { state } = server.model.snapshot();
  if (server.model.refusesWrites) return;
  for (const key of keys) {
    if (state.generation !== null) server.model.dropCopy(state.generation.id, key);
  }
}

/** Replicas fall behind, take over, or become a second master. */
export async function failOver(world: World): Promise<void> {
  const [first, second] = world.servers;
  if (first === undefined || (second === undefined && first.isNameless)) return;
  if (second !== undefined) await changeSplit(world, first, second);
  else await changeMaster(world, first);
  await world.settle();
}

async function changeMaster(world: World, master: Server): Promise<void> {
  const how = randomChoice(world.random, [
    [3, "has a replica that falls behind"],
    [3, "fails over"],
    [2, "is one of two masters now"],
  ]);
  world.note(`${master.name} ${how}`);
  if (how === "has a replica that falls behind") {
    replicas.set(master, master.clone(world.serverName()));
    return;
  }
  if (how === "fails over") {
    const replica = replicas.get(master) ?? master.clone(world.serverName());
    world.servers = [replica];
    for (const instance of world.instances) instance.attach(replica);
    return;
  }
  const twin = master.clone(world.serverName(), new Heartbeats(currencyMs));
  world.servers = [master, twin];
  world.splitUntilMs = Number.POSITIVE_INFINITY;
  for (const instance of world.instances) if (world.random() < 0.5) instance.attach(twin);
}

async function changeSplit(world: World, first: Server, second: Server): Promise<void> {
  if (world.random() < 0.5) {
    const instance = world.instances[randomBelow(world.random, world.instances.length)];
    if (instance === undefined) return;
    const other = instance.server === first ? second : first;
    world.note(`${instance.name} goes to ${other.name}`);
    instance.attach(other);
    return;
  }
  const winner = world.random() < 0.5 ? first : second;
  world.note(`${winner.name} is the only master`);
  world.servers = [winner];
  world.splitUntilMs = world.nowMs + 6 * currencyMs;
  for (const instance of world.instances) if (instance.server !== winner) instance.attach(winner);
}
