import { createSealer, deriveKey, keyIdOf, type SealingKey } from "@holdfast/sqlite";
import type { ValueCover } from "./value-cover.js";

const purpose = "holdfast cache: values at rest";

/**
 * Values sealed to their key, so that a stray copy of the file tells neither what is in it nor can
 * be mended to say something else. What was written bare before sealing was switched on stays readable.
 */
export function sealedValues(fleetKey: Uint8Array, previous?: Uint8Array): ValueCover {
  const current = sealingKey(fleetKey);
  const sealer = createSealer({
    keys: previous === undefined ? [current] : [current, sealingKey(previous)],
  });
  return {
    close: (value, key) => sealer.seal(Buffer.from(value, "utf8"), Buffer.from(key, "utf8")),
    open: (value, key) => {
      if (typeof value === "string") return value;
      try {
        return Buffer.from(sealer.unseal(value, Buffer.from(key, "utf8"))).toString("utf8");
      } catch {
        return null;
      }
    },
  };
}

function sealingKey(fleetKey: Uint8Array): SealingKey {
  return { id: keyIdOf(fleetKey), key: deriveKey(fleetKey, purpose) };
}
