/** A decision of about 290 bytes as JSON; `version` makes it another one of the same size. */
export function sampleValue(index: number, version = 0): Readonly<Record<string, unknown>> {
  return {
    allow: index % 17 !== 0,
    user: `user-${index}`,
    version,
    address: `10.${index % 200}.${(index >> 8) % 250}.7`,
    groups: ["customers", "fibre", `pop-${index % 40}`],
    limits: { downKbit: 250_000, upKbit: 50_000, sessions: 4 },
    note: "static lease, contract renewed, billing in order, no throttling, no captive portal for this one",
  };
}

/** `count` keys, from `auth:user-0`. */
export function sampleKeys(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `auth:user-${index}`);
}

/** The keys in an order of their own for each seed, the same in every run. */
export function shuffled(keys: readonly string[], seed: number): readonly string[] {
  const random = randomOf(seed);
  const result = [...keys];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const place = Math.floor(random() * (last + 1));
    const moved = result[last] ?? "";
    result[last] = result[place] ?? "";
    result[place] = moved;
  }
  return result;
}

/** Numbers in [0, 1) that are the same in every run. */
export function randomOf(seed: number): () => number {
  let state = seed + 0x9e3779b9;
  return () => {
    state = Math.trunc(state + 0x6d2b79f5);
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
