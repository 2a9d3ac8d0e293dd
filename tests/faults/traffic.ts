import type { Cache, FetchPolicy } from "@holdfast/cache";

/** Gets and sets that come whether earlier ones were answered or not. */
export interface MixedLoad {
  readonly forMs: number;
  readonly getsPerSecond: number;
  readonly setsPerSecond: number;
  /** How many keys they are about. */
  readonly keys: number;
}

/** Fetches that come whether earlier ones were answered or not, each key in turn. */
export interface FetchLoad {
  readonly forMs: number;
  readonly perSecond: number;
  readonly keys: number;
  /** Taken by the keys in turn. */
  readonly policies: readonly FetchPolicy[];
}

export interface Figures {
  readonly asked: number;
  readonly answered: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
}

const tickMs = 5;

export async function mixAtRate(cache: Cache, load: MixedLoad): Promise<Figures> {
  const { forMs, getsPerSecond, setsPerSecond, keys } = load;
  const everySet = Math.max(2, Math.round((getsPerSecond + setsPerSecond) / setsPerSecond));
  return atRate(forMs, getsPerSecond + setsPerSecond, (index) => {
    const key = `mixed:${index % keys}`;
    return index % everySet === 0 ? cache.set(key, index, 3_600) : cache.get(key);
  });
}

export async function fetchAtRate(
  cache: Cache,
  loader: (key: string) => Promise<string>,
  { forMs, perSecond, keys, policies }: FetchLoad,
): Promise<Figures> {
  return atRate(forMs, perSecond, (index) => {
    const number = index % keys;
    const key = `herd:${number}`;
    return cache.fetch(key, () => loader(key), policies[number % policies.length]);
  });
}

/** Resolves once everything that was asked has an answer or an error. */
async function atRate(
  forMs: number,
  perSecond: number,
  ask: (index: number) => Promise<unknown>,
): Promise<Figures> {
  const tookMs: number[] = [];
  const asked: Promise<void>[] = [];
  const startMs = performance.now();
  let failed = 0;
  const one = async (index: number): Promise<void> => {
    const askedAtMs = performance.now();
    try {
      await ask(index);
      tookMs.push(performance.now() - askedAtMs);
    } catch {
      failed += 1;
    }
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const passedMs = Math.min(forMs, performance.now() - startMs);
      for (const due = (passedMs / 1_000) * perSecond; asked.length < due; )
        asked.push(one(asked.length));
      if (passedMs < forMs) return;
      clearInterval(timer);
      resolve();
    }, tickMs);
  });
  await Promise.all(asked);
  tookMs.sort((left, right) => left - right);
  return {
    asked: asked.length,
    answered: asked.length - failed,
    p99Ms: round(tookMs[Math.floor(tookMs.length * 0.99)] ?? Number.NaN),
    slowestMs: round(tookMs.at(-1) ?? Number.NaN),
  };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
