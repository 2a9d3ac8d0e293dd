import type { CacheOptions } from "@holdfast/cache";

/** What an instance is started with: options of the cache that travel between processes. */
export interface InstanceOptions
  extends Pick<
    CacheOptions,
    "directory" | "currencyMs" | "namespaces" | "warmStartPerSecond" | "maxUnpublished"
  > {
  readonly redis?: { readonly url: string };
  /** How far its wall clock goes ahead of the machine's; negative: behind. @default 0 */
  readonly wallAheadMs?: number;
}
