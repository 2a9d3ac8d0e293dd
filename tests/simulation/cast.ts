import type { Acknowledge } from "../../packages/cache/src/cache-contract.js";
import { perform } from "./acts.js";
import { restartEmpty } from "./faults.js";
import type { Instance } from "./instance.js";
import type { Traffic } from "./link.js";
import type { World } from "./world.js";

const hours = 360_000_000;

/** One instance as a plot tells it what to do. What makes no sense as things stand is left out. */
export class Player {
  readonly #world: World;
  readonly #instance: Instance;

  constructor(world: World, instance: Instance) {
    this.#world = world;
    this.#instance = instance;
  }

  /** Running, with a disk and a link that work. */
  async ready(): Promise<void> {
    const instance = this.#instance;
    await this.starts();
    instance.frozen = false;
    instance.manner = "sound";
    await this.heals();
    this.diskIs("sound");
    await this.#world.passAll(instance);
  }

  async starts(): Promise<void> {
    if (this.#instance.life === null) {
      this.#note("starts");
      this.#instance.start();
    }
    await this.#world.settle();
  }

  async sets(key: string, tags: readonly string[] = []): Promise<void> {
    perform(this.#world, this.#instance, { t: "set", key, ttlMs: hours, tags, level: "durable" });
    await this.#world.settle();
  }

  async deletes(key: string, level: Acknowledge = "durable"): Promise<void> {
    perform(this.#world, this.#instance, { t: "delete", key, level });
    await this.#world.settle();
  }

  async invalidates(member: string, level: Acknowledge = "durable"): Promise<void> {
    perform(this.#world, this.#instance, { t: "barrier", member, level });
    await this.#world.settle();
  }

  async fetches(key: string): Promise<void> {
    perform(this.#world, this.#instance, { t: "fetch", key, ttlMs: hours, tags: [] });
    await this.#world.settle();
  }

  async gets(key: string): Promise<void> {
    perform(this.#world, this.#instance, { t: "get", key });
    await this.#world.settle();
  }

  /** Its oldest load is answered. */
  async isAnswered(): Promise<void> {
    const { questions } = this.#world;
    const index = questions.findIndex(({ life }) => life === this.#instance.life);
    const [question] = index < 0 ? [] : questions.splice(index, 1);
    if (question !== undefined) {
      this.#world.note(`upstream answers ${question.value.name}`);
      question.answer(question.value.name);
    }
    await this.#world.settle();
  }

  async talks(): Promise<void> {
    await this.#world.passAll(this.#instance);
  }

  /** Talks up to its next publication, whose reply is lost. */
  losesReplyOfPublication(): Promise<void> {
    return this.talksUpToPublication(({ call, text }) => {
      this.#note(`loses the reply of ${text}`);
      call.dropReply();
    });
  }

  /** Talks up to its next publication, which it gives up on before it arrives. */
  givesUpOnPublication(): Promise<void> {
    return this.talksUpToPublication((traffic) => {
      this.#note(`gives up on ${traffic.text}`);
      this.#instance.life?.link.delay(traffic);
    });
  }

  /** What it gave up on arrives. */
  async lateRequestArrives(): Promise<void> {
    this.#note("late request arrives");
    this.#instance.life?.link.arriveLate();
    await this.#world.settle();
  }

  /** Talks until its next publication is on its way. */
  async talksUpToPublication(then: (traffic: Traffic) => void = () => undefined): Promise<void> {
    for (let calls = 0; calls < 20; calls += 1) {
      const [next] = this.#instance.life?.link.traffic ?? [];
      if (next === undefined || this.#instance.frozen) return;
      if (next.call.name === "publish") {
        then(next);
        return this.#world.settle();
      }
      await this.#world.pass(this.#instance, next);
    }
  }

  async isCut(): Promise<void> {
    this.#note("link is cut");
    this.#instance.life?.link.cut();
    await this.#world.settle();
  }

  async heals(): Promise<void> {
    const link = this.#instance.life?.link;
    if (link?.cutOff === true) {
      this.#note("link heals");
      link.heal();
    }
    await this.#world.settle();
  }

  /** From now on its publications are lost. */
  narrows(): void {
    this.#note("link is narrow");
    this.#instance.manner = "narrow";
  }

  diskIs(how: "sound" | "held" | "full"): void {
    const disk = this.#instance.life?.disk;
    this.#note(`disk is ${how}`);
    this.#instance.diskFull = how === "full";
    disk?.setFull(how === "full");
    if (how === "held" && disk !== undefined) disk.held = true;
    else disk?.release();
  }

  /** What was not committed is lost; with `disk`, what was as well. */
  crashes(disk: "kept" | "lost" = "kept"): void {
    if (this.#instance.life === null) return;
    this.#note(`crashes, its disk is ${disk}`);
    if (disk === "lost") this.#instance.lose();
    else this.#instance.crash(0);
  }

  /** Ends in good order up to where it is taken off the list of members, and never learns that it was. */
  async leavesUnaware(): Promise<void> {
    const { life } = this.#instance;
    if (life === null || this.#instance.frozen) return;
    this.#note("is told to end");
    this.#instance.stop().catch(() => undefined);
    await this.#world.settle();
    for (let calls = 0; calls < 40; calls += 1) {
      const [next] = life.link.traffic;
      if (next === undefined || this.#instance.life !== life) return;
      if (next.call.name === "leave") {
        next.call.deliver();
        return this.crashes();
      }
      await this.#world.pass(this.#instance, next);
    }
  }

  /** Its server loses everything. */
  async emptiesServer(): Promise<void> {
    this.#world.note(`${this.#instance.server.name} restarts empty`);
    restartEmpty(this.#world, this.#instance.server);
    await this.#world.settle();
  }

  /** Another process takes its server's place, with all that it has. */
  async serverIsPromoted(): Promise<void> {
    this.#world.note(`${this.#instance.server.name} is promoted`);
    this.#instance.server.model.promote();
    await this.#world.settle();
  }

  /** Time passes for everybody, and links answer. */
  async waits(durationMs: number): Promise<void> {
    this.#world.note(`--- ${durationMs} ms`);
    await this.#world.advance(durationMs, true);
  }

  #note(what: string): void {
    this.#world.note(`${this.#instance.name} ${what}`);
  }
}
