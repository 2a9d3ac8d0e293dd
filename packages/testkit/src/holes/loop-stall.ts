/** Runs the work and answers the longest time in ms for which the event loop did nothing else. */
export async function loopStallMs(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  let going = true;
  const turn = () => {
    look();
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await work();
  } finally {
    look();
    going = false;
  }
  return Math.round(longest * 10) / 10;
}
