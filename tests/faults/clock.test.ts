import { suite } from "node:test";
import { type FaultFile, faultTest } from "./fault-test.js";
import { acquainted, allAnswer, settled, whenAnswers } from "./states.js";

const file: FaultFile = { title: "Clocks", url: import.meta.url };

const all = { acknowledge: "all" } as const;
const hourMs = 3_600_000;
const hour = 3_600;

void suite(file.title, { concurrency: 2 }, () => {
  for (const jumpMs of [hourMs, -hourMs]) {
    const jump = jumpMs > 0 ? "an hour ahead" : "an hour back";
    void faultTest(
      file,
      {
        guarantees: ["R1"],
        fault: `the wall clock is set ${jump} while the instance runs`,
        holds: `a clock set ${jump} neither prolongs nor ends what is held for 60 s`,
      },
      async (lab) => {
        const a = await lab.instance(null);
        await a.set("auth:alice", "ALLOW", 60);
        await a.set("auth:copied", "ALLOW", 60, { copy: true });
        await a.jumpWall(jumpMs);
        await allAnswer([a], "auth:alice", "ALLOW");
        await allAnswer([a], "auth:copied", "ALLOW");
        await a.advance(61_000);
        await allAnswer([a], "auth:alice", null);
        await allAnswer([a], "auth:copied", null);
        return "answered until 60 s have passed, and not after";
      },
    );

    void faultTest(
      file,
      {
        guarantees: ["R1"],
        fault: `the instance is killed -9 and starts again with its clock ${jump}, Redis being away`,
        holds: `a restart with the clock ${jump} serves an ALLOW of 60 s for no longer than that`,
      },
      async (lab) => {
        const redis = await lab.redis();
        const [a] = await lab.fleet(redis);
        await a.set("auth:alice", "ALLOW", 60, { acknowledge: "shared" });
        await a.set("auth:bob", "ALLOW", hour * 3, { acknowledge: "shared" });
        await a.fetch("auth:copied", "ALLOW", { ttlMs: 60_000, graceMs: 0, jitter: 0 });
        await a.set("auth:settled", "ALLOW", 60);
        await redis.kill();
        await a.kill();
        await a.restart({ wallAheadMs: jumpMs });
        await allAnswer([a], "auth:bob", "ALLOW");
        await a.advance(61_000);
        for (const key of ["auth:alice", "auth:copied", "auth:settled"]) {
          await allAnswer([a], key, null);
        }
        await allAnswer([a], "auth:bob", "ALLOW");
        return "the writes and the copy of 60 s are gone after 60 s, one of three hours is there";
      },
    );
  }

  void faultTest(
    file,
    {
      guarantees: ["R5"],
      fault: "the wall clock is set two hours ahead, the disk is tidied, and the clock is set back",
      holds: "a clock that goes two hours ahead and back destroys nothing that is durable",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b] = await lab.fleet(redis, redis);
      await a.set("auth:alice", "ALLOW", hour, all);
      await a.set("auth:copied", "ALLOW", hour, { copy: true });
      await a.set("auth:bob", "ALLOW", hour, all);
      await a.delete("auth:bob", all);
      await a.jumpWall(2 * hourMs);
      await a.advance(61_000);
      await settled(a, b);
      await allAnswer([a], "auth:alice", "ALLOW");
      await allAnswer([a], "auth:copied", "ALLOW");
      await a.jumpWall(-2 * hourMs);
      await a.advance(61_000);
      await a.kill();
      await a.restart();
      await settled(a, b);
      await allAnswer([a], "auth:copied", "ALLOW");
      await allAnswer([a, b], "auth:alice", "ALLOW");
      await allAnswer([a, b], "auth:bob", null);
      return "set, copy and removal are there after it, and after a kill -9 too";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1"],
      fault: "A's clock is an hour ahead of B's and of Redis'",
      holds:
        "an ALLOW written by a clock an hour ahead neither beats a later revocation nor lives longer",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b] = await Promise.all([
        lab.instance(redis, { wallAheadMs: hourMs }),
        lab.instance(redis),
      ]);
      await acquainted(a, b);
      await a.set("auth:alice", "ALLOW", hour, all);
      await b.set("auth:alice", "DENY", hour, all);
      await allAnswer([a, b], "auth:alice", "DENY");
      await a.set("auth:bob", "ALLOW", hour, all);
      await b.delete("auth:bob", all);
      await allAnswer([a, b], "auth:bob", null);
      await a.set("auth:carol", "ALLOW", 60, all);
      await allAnswer([a, b], "auth:carol", "ALLOW");
      await b.advance(61_000);
      await allAnswer([b], "auth:carol", null);
      await a.advance(61_000);
      await whenAnswers(a, "auth:carol", null);
      return "the denial and the removal of B hold on both; the ALLOW of 60 s ends on both after 60 s";
    },
  );
});
