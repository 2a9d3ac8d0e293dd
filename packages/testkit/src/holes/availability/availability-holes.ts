import type { Hole } from "../hole.js";
import { callerHoles } from "./callers.js";
import { diskHoles } from "./disks.js";
import { silentRedisHoles } from "./silent-redis.js";
import { sizeHoles } from "./sizes.js";

/** Callers wait, are refused, or ask the source in a herd. */
export const availabilityHoles: readonly Hole[] = [
  ...silentRedisHoles,
  ...callerHoles,
  ...diskHoles,
  ...sizeHoles,
];
