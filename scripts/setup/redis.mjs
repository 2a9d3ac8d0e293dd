import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { testFiles } from "../tests/files.mjs";
import { findProgram, run } from "./command.mjs";
import { SetupError, say } from "./report.mjs";

// The package would start a server of its own on the standard port; the tests start theirs on free ones.
// policy-rc.d is how Debian lets an administrator forbid that; one that is already there stays.
const installScript = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 redis-server
`;

/** Sees to it that the tests find a Redis server, or names what to install and what is left out without it. */
export function provideRedis() {
  if (findRedis() !== undefined) return;
  const refusal = installByApt();
  if (findRedis() !== undefined) return;
  const files = testFiles("all").filter((file) =>
    /redisMissing|startRedis|runHoles/.test(readFileSync(file, "utf8")),
  );
  say(`no Redis server: ${refusal}`);
  say('to run all tests install "redis-server" or "valkey-server" so that it is on PATH');
  say(`until then the parts that need it are left out of ${files.length} test files:`);
  for (const file of files) say(`  ${file}`);
}

/** The Redis server that the tests will use, or undefined. */
export function findRedis() {
  return findProgram("redis-server", "valkey-server");
}

/** Why it could not be installed. */
function installByApt() {
  const shell = rootShell();
  if (process.platform !== "linux" || findProgram("apt-get") === undefined) {
    return "this system has no apt-get to install it with";
  }
  if (shell === undefined) return "installing it takes root or sudo without a password";
  say("installing redis-server (apt-get)");
  try {
    run("install redis-server", shell[0], [...shell.slice(1), "-c", installScript], {
      quiet: true,
    });
    return "it was installed, but is not on PATH";
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}

function rootShell() {
  if (process.getuid?.() === 0) return ["/bin/sh"];
  const sudo = findProgram("sudo");
  if (sudo === undefined) return undefined;
  const allowed = spawnSync(sudo, ["-n", "true"], { stdio: "ignore" }).status === 0;
  return allowed ? [sudo, "-n", "/bin/sh"] : undefined;
}
