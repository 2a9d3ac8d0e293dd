import { hkdfSync } from "node:crypto";
import { SqliteError } from "../sqlite-error.js";

/** Bytes of every key here. */
export const keyBytes: number = 32;

/**
 * Derives the key for one purpose from the fleet key. Purposes are names such as `seal/cache`:
 * whoever has the key for one learns nothing about the others.
 *
 * @throws SqliteError `invalid` for a fleet key of fewer than 32 bytes
 */
export function deriveKey(fleetKey: Uint8Array, purpose: string): Uint8Array {
  if (fleetKey.byteLength < keyBytes) {
    throw new SqliteError(
      "invalid",
      `Cannot derive a key: the fleet key has "${fleetKey.byteLength}" bytes, it must have ${keyBytes} or more`,
    );
  }
  return new Uint8Array(hkdfSync("sha256", fleetKey, "holdfast", purpose, keyBytes));
}

/** A short name of a key that may be shown and compared: it tells two keys apart and gives neither away. */
export function keyIdOf(fleetKey: Uint8Array): string {
  return Buffer.from(deriveKey(fleetKey, "key-id").subarray(0, 4)).toString("hex");
}
