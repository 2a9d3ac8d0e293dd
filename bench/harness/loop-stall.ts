/** The longest time in ms for which the event loop did nothing else while the work ran. */
export async function loopStallMs(work: () => Promise<unknown>): Promise<number> {
  let going = true;
  let longest = 0;
  let last = performance.now();
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (going) setImmediate(look);
  };
  setImmediate(look);
  await work();
  going = false;
  look();
  return longest;
}
