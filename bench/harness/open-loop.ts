/** What became of calls that were made at their time, whether the ones before had been answered or not. */
export interface OpenLoop {
  readonly asked: number;
  /** Answered as they should be, before the end. */
  readonly good: number;
  /** From the time at which each was due. */
  readonly latenciesMs: readonly number[];
}

/** Makes `perSecond` calls for `durationMs`; `call` answers whether all is well. */
export function openLoop(
  perSecond: number,
  durationMs: number,
  call: (index: number) => Promise<boolean>,
): Promise<OpenLoop> {
  const began = performance.now();
  const total = Math.floor((perSecond * durationMs) / 1_000);
  const latenciesMs: number[] = [];
  let [asked, good] = [0, 0];
  const ask = async (index: number): Promise<void> => {
    const dueMs = began + (index * 1_000) / perSecond;
    const well = await call(index);
    latenciesMs.push(performance.now() - dueMs);
    if (well) good += 1;
  };
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - began;
      const due = Math.min(total, Math.floor((elapsedMs * perSecond) / 1_000) + 1);
      for (; asked < due; asked += 1) ask(asked).catch(reject);
      if (elapsedMs < durationMs) return;
      clearInterval(timer);
      resolve({ asked, good, latenciesMs });
    }, 1);
  });
}
