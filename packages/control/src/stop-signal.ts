/** npm hands a Ctrl-C on that its child has had already: within this time it is the same one. */
const samePressMs = 1_000;

/** Aborted by the first of the signals, with its name as reason. A later one has its usual effect. */
export function stopSignal(signals: readonly NodeJS.Signals[]): AbortSignal {
  const told = new AbortController();
  let toldMs = 0;
  for (const signal of signals) {
    process.on(signal, function again() {
      if (!told.signal.aborted) {
        toldMs = performance.now();
        told.abort(signal);
      } else if (performance.now() - toldMs >= samePressMs) {
        process.off(signal, again);
        process.kill(process.pid, signal);
      }
    });
  }
  return told.signal;
}

/** Resolves with the reason when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    const told = (): void => resolve(signal.reason);
    if (signal.aborted) told();
    else signal.addEventListener("abort", told, { once: true });
  });
}
