import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestkitError } from "../testkit-error.js";

export interface SmallDiskOptions {
  /** Size of the file system. At least 64 KiB. */
  readonly sizeBytes: number;
}

/** A file system of its own that can be filled to the last byte. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all space but `leaveBytes` (default 0). */
  fill(leaveBytes?: number): Promise<void>;
  /** Gives back what `fill` took. */
  free(): Promise<void>;
  /** Makes the file system refuse every write, or take them again. */
  setReadOnly(readOnly: boolean): void;
}

let probed: string | false | undefined;

/** Why this machine gives no small disk, as a reason to skip; false where it does. */
export function smallDiskMissing(): string | false {
  probed ??= probe();
  return probed;
}

function probe(): string | false {
  if (process.platform !== "linux") return "a tmpfs of its own needs Linux";
  try {
    const path = mountTmpfs(65_536);
    unmount(path);
    return false;
  } catch {
    return "a tmpfs of its own needs root with CAP_SYS_ADMIN";
  }
}

/** Mounts a tmpfs of that size; unmounted on disposal, and at the end of the process at the latest. */
export async function smallDisk(options: SmallDiskOptions): Promise<SmallDisk> {
  const missing = smallDiskMissing();
  if (missing !== false) throw new TestkitError("not-installed", `Cannot mount: ${missing}`);
  const path = mountTmpfs(options.sizeBytes);
  const filler = join(path, ".filler");
  let mounted = true;
  const release = () => {
    if (mounted) unmount(path);
    mounted = false;
  };
  process.once("exit", release);
  return {
    path,
    fill: (leaveBytes = 0) => fill(filler, leaveBytes),
    free: () => rm(filler, { force: true }),
    setReadOnly(readOnly) {
      run("mount", ["-o", `remount,${readOnly ? "ro" : "rw"}`, path]);
    },
    async [Symbol.asyncDispose]() {
      process.off("exit", release);
      release();
    },
  };
}

async function fill(filler: string, leaveBytes: number): Promise<void> {
  const page = Buffer.alloc(4_096, 0x66);
  const file = await open(filler, "a", 0o600);
  try {
    for (;;) {
      const { bytesWritten } = await file.write(page);
      if (bytesWritten < page.length) break;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    if (leaveBytes > 0) {
      const { size } = await file.stat();
      await file.truncate(Math.max(0, size - leaveBytes));
    }
    await file.close();
  }
}

function mountTmpfs(sizeBytes: number): string {
  const path = mkdtempSync(join(tmpdir(), "holdfast-disk-"));
  try {
    run("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes},mode=0700`, "tmpfs", path]);
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return path;
}

function unmount(path: string): void {
  try {
    run("umount", [path]);
  } catch {
    // A file that is still open holds the mount: detach it from the tree, the kernel drops it with the last file.
    run("umount", ["-l", path]);
  }
  rmdirSync(path);
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
}
