/** Microseconds that each call took, one after the other. */
export async function latenciesUs(
  count: number,
  call: (index: number) => Promise<unknown>,
): Promise<Float64Array> {
  const taken = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    await call(index);
    taken[index] = (performance.now() - began) * 1_000;
  }
  return taken;
}

/** As {@link latenciesUs}, of calls that answer at once. */
export function directLatenciesUs(count: number, call: (index: number) => unknown): Float64Array {
  const taken = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    call(index);
    taken[index] = (performance.now() - began) * 1_000;
  }
  return taken;
}

/** Calls a second with that many callers, each calling again as soon as it is answered. */
export async function callsPerSecond(
  callers: number,
  count: number,
  call: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await call(index);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return count / ((performance.now() - began) / 1_000);
}
