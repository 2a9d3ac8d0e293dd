import { type FaultFile, faultTest } from "./fault-test.js";
import { withoutHerd } from "./herd.js";

const file: FaultFile = { title: "No herd when Redis goes", url: import.meta.url };

void faultTest(
  file,
  {
    guarantees: ["R2"],
    fault:
      "Redis is dead for 6 s under 2,000 reads a second of 1,000 keys, half of them fresh for 6 s and " +
      "half for a minute, which are asked for again each second while they are unverified",
    holds: "no herd goes upstream when Redis goes: what is asked again waits for the limiter",
  },
  (lab) =>
    withoutHerd(lab, {
      keys: 1_000,
      readsPerSecond: 2_000,
      policies: [
        { ttlMs: 6_000, recheckMs: 1_000 },
        { ttlMs: 60_000, recheckMs: 1_000 },
      ],
      beforeMs: 2_000,
      deadMs: 6_000,
    }),
);
