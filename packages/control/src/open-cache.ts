import type { Cache } from "@holdfast/cache";
import type { Logger } from "pino";
import { InterimCache } from "./interim-cache.js";
import type { ResolvedSettings } from "./settings.js";

export interface CacheSurroundings {
  readonly settings: ResolvedSettings;
  readonly directory: string;
  readonly fleetKey: Uint8Array;
  readonly log: Logger;
}

/** The cache of this instance, not yet started. */
export function openCache({ directory }: CacheSurroundings): Cache {
  return new InterimCache(directory);
}
