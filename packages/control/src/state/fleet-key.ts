import { randomBytes } from "node:crypto";
import { ControlError } from "../control-error.js";
import { readOrMakeSecret, readOwnerOnly } from "./owner-only-file.js";

/** Base64url of at least 32 bytes. */
export function newFleetKey(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * The fleet key from the file that was named, else from the state directory, where the first start
 * makes one. Instances that share a Redis must share the key, so there it must be named.
 */
export function loadFleetKey(from: {
  readonly path: string | null;
  readonly defaultPath: string;
  readonly shared: boolean;
}): Uint8Array {
  if (from.path === null && from.shared) {
    throw new ControlError(
      "invalid-setting",
      "Cannot start with Redis: no fleet key is given, all instances that share a Redis need the same one; name its file with --fleet-key-file",
    );
  }
  const path = from.path ?? from.defaultPath;
  const text = from.path === null ? readOrMakeSecret(path, newFleetKey) : readOwnerOnly(path);
  const key = Buffer.from(text, "base64url");
  if (key.byteLength < 32) {
    throw new ControlError(
      "invalid-setting",
      `Cannot use the fleet key in ${JSON.stringify(path)}: it has ${key.byteLength} bytes, it must have at least 32 in base64url`,
    );
  }
  return key;
}
