import { TestkitError } from "../testkit-error.js";

/** Settles as `promise` does, or rejects with `timeout` after `withinMs`. Keeps the process alive meanwhile. */
export async function before<T>(promise: Promise<T>, withinMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TestkitError("timeout", `Cannot ${what}: no end within ${withinMs} ms`)),
      withinMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
