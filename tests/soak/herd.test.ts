import { type FaultFile, faultTest } from "../faults/fault-test.js";
import { withoutHerd } from "../faults/herd.js";

const file: FaultFile = { title: "No herd when Redis goes, in full size", url: import.meta.url };

void faultTest(
  file,
  {
    guarantees: ["R2"],
    fault:
      "Redis is dead for 60 s under 2,000 reads a second of 10,000 keys, half of them fresh for a " +
      "minute and half for ten",
    holds: "in full size, no herd goes upstream when Redis goes",
    withinMs: 300_000,
  },
  (lab) =>
    withoutHerd(lab, {
      keys: 10_000,
      readsPerSecond: 2_000,
      policies: [{}, { ttlMs: 600_000 }],
      beforeMs: 100_000,
      deadMs: 60_000,
    }),
);
