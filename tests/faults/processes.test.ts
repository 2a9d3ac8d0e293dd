import assert from "node:assert/strict";
import { suite } from "node:test";
import { type FaultFile, faultTest } from "./fault-test.js";
import { acquainted, allAnswer, settled, unverified, whenAnswers, whenStatus } from "./states.js";

const file: FaultFile = { title: "Processes end and stand still", url: import.meta.url };

const all = { acknowledge: "all" } as const;
const hour = 3_600;

void suite(file.title, { concurrency: 2 }, () => {
  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault:
        "A is killed -9 after it acknowledged a removal as durable and before it could publish it",
      holds: "a removal acknowledged as durable is published by the next run of a killed instance",
    },
    async (lab) => {
      const redis = await lab.redis();
      const proxy = await lab.proxy(redis);
      const [a, b] = await lab.fleet(proxy, redis);
      await a.set("auth:alice", "ALLOW", hour, all);
      await a.set("team:bob", "ALLOW", hour, all);
      await proxy.cut();
      const one = await a.delete("auth:alice");
      const many = await a.invalidate({ glob: "team:*" });
      const set = await a.set("auth:carol", "ALLOW", hour);
      for (const receipt of [one, many, set]) assert.equal(receipt.acknowledged, "durable");
      await a.kill();
      await proxy.heal();
      assert.equal(await b.get("auth:alice"), "ALLOW", "nobody else can know yet");
      await a.restart();
      assert.equal(await a.get("auth:alice"), null);
      await whenAnswers(b, "auth:alice", null);
      await settled(a, b);
      await allAnswer([a, b], "team:bob", null);
      await allAnswer([a, b], "auth:carol", "ALLOW");
      return "the next run refuses from its first answer on and publishes key, pattern and set; B obeys";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R3"],
      fault: "B is stopped by SIGSTOP during a removal that waits for all, and continued later",
      holds:
        "a frozen instance is unconfirmed, then expired, and serves nothing older when it goes on",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b] = await lab.fleet(redis, redis);
      const frozen = await b.id();
      for (const key of ["auth:one", "auth:two"]) {
        await a.set(key, "ALLOW", hour, all);
        assert.equal(await b.get(key), "ALLOW");
      }
      b.freeze();
      const early = await a.delete("auth:one", all);
      assert.deepEqual(early.unconfirmed, [frozen], JSON.stringify(early));
      assert.equal(early.acknowledged, "shared");
      assert.equal(early.shortfall?.code, "unconfirmed");
      await whenStatus(a, ({ members }) =>
        members.some(({ id, state }) => id === frozen && state === "expired"),
      );
      const late = await a.delete("auth:two", all);
      assert.deepEqual(late.expired, [frozen], JSON.stringify(late));
      assert.equal(late.acknowledged, "all");
      const first = [b.get("auth:one"), b.get("auth:two")];
      b.thaw();
      assert.deepEqual(await Promise.all(first), [null, null]);
      await acquainted(a, b);
      return "listed as unconfirmed, after its lease as expired; its first answers after SIGCONT refuse";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault:
        "of two processes on one directory both are killed -9, one with an unpublished removal; one comes back",
      holds:
        "what a killed neighbour on the same directory left unpublished is published by a newcomer",
    },
    async (lab) => {
      const redis = await lab.redis();
      const proxy = await lab.proxy(redis);
      const directory = await lab.directory();
      const first = await lab.instance(redis, { directory });
      const second = await lab.instance(proxy, { directory });
      const witness = await lab.instance(redis);
      await acquainted(first, second, witness);
      const slots = await Promise.all([first.status(), second.status()]);
      assert.deepEqual(
        slots.map(({ slot }) => slot),
        [0, 1],
      );
      await first.set("auth:alice", "ALLOW", hour, all);
      await proxy.cut();
      assert.equal((await second.delete("auth:alice")).acknowledged, "durable");
      await Promise.all([first.kill(), second.kill()]);
      assert.equal(await witness.get("auth:alice"), "ALLOW", "nobody alive can know yet");
      await first.restart();
      assert.equal((await first.status()).slot, 0);
      await whenAnswers(witness, "auth:alice", null);
      await settled(first, witness);
      await allAnswer([first, witness], "auth:alice", null);
      assert.ok((await first.events()).includes("slot-adopted"));
      return "two slots; the newcomer in the first adopts the second one's removal and publishes it";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault:
        "of two processes on one directory one is killed -9 with an unpublished removal, and never comes back",
      holds: "what a killed neighbour left unpublished is published by the one that goes on",
    },
    async (lab) => {
      const redis = await lab.redis();
      const proxy = await lab.proxy(redis);
      const directory = await lab.directory();
      const first = await lab.instance(redis, { directory });
      const second = await lab.instance(proxy, { directory });
      await acquainted(first, second);
      await first.set("auth:alice", "ALLOW", hour, all);
      await proxy.cut();
      assert.equal((await second.delete("auth:alice")).acknowledged, "durable");
      await second.kill();
      await first.advance(61_000);
      await whenAnswers(first, "auth:alice", null);
      await settled(first);
      return "the one that goes on looks through free slots once a minute, adopts the removal and publishes it";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R2"],
      fault: "an instance is killed -9 and never comes back",
      holds: "a dead instance holds up the others no longer than its lease",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b] = await lab.fleet(redis, redis);
      await b.kill();
      await redis.restart();
      await unverified(a);
      await settled(a);
      const receipt = await a.set("auth:alice", "ALLOW", hour, all);
      assert.equal(receipt.acknowledged, "all", JSON.stringify(receipt));
      return "after Redis came back empty the survivor is verified again by itself";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R2"],
      fault: "instances are stopped and started again one after the other, as by a deployment",
      holds:
        "a restart in good order disturbs nobody: no new generation, and the others stay verified",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b] = await lab.fleet(redis, redis);
      await a.set("auth:alice", "ALLOW", hour, all);
      await b.set("auth:bob", "ALLOW", hour, all);
      for (const [restarted, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const { generation } = await other.status();
        const told = (await other.events()).length;
        await restarted.stop();
        await restarted.restart();
        await settled(restarted, other);
        assert.deepEqual((await other.status()).generation, generation);
        assert.deepEqual((await other.events()).slice(told), []);
      }
      await allAnswer([a, b], "auth:alice", "ALLOW");
      await allAnswer([a, b], "auth:bob", "ALLOW");
      return "the generation stays; the other instance has nothing to tell";
    },
  );
});
