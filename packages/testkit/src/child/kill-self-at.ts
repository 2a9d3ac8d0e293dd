const variable = "HOLDFAST_CRASH_AT";

/** The environment of a child that is to die at its `nth` arrival (from 1) at a named step. */
export function crashAt(step: string, nth = 1): Record<string, string> {
  return { [variable]: `${step}#${nth}` };
}

/**
 * A hook for a named step, to be injected where the product offers one. In a child started with
 * `crashAt(step)` it ends the process there by SIGKILL; elsewhere it does nothing.
 */
export function killSelfAt(step: string): () => void {
  const hook = crashHook();
  return () => hook(step);
}

/** As `killSelfAt`, for a hook that is told the step's name. */
export function crashHook(): (step: string) => void {
  const [fatal, nth] = (process.env[variable] ?? "").split("#");
  let left = Number(nth ?? 1);
  return (step) => {
    if (step !== fatal) return;
    left -= 1;
    if (left <= 0) die();
  };
}

/** The signal is delivered a moment after the call: until then this thread must not do another thing. */
function die(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
