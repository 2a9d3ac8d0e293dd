import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const provide = `await import(${JSON.stringify(new URL("./redis.mjs", import.meta.url).href)}).then((redis) => redis.provideRedis())`;

/** What the setup says where PATH holds only that folder. */
function sayWith(folder) {
  const { stderr, status } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", provide],
    { env: { PATH: folder }, encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  return stderr;
}

function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-setup-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("without Redis and without apt-get it names what to install and every test file that lacks it", () => {
  inFolder((folder) => {
    const said = sayWith(folder);
    assert.match(said, /install "redis-server" or "valkey-server"/);
    assert.match(said, /packages\/testkit\/src\/redis\/\S+\.test\.ts/);
  });
});

for (const server of ["redis-server", "valkey-server"]) {
  test(`with ${server} on PATH it says nothing`, () => {
    inFolder((folder) => {
      writeFileSync(join(folder, server), "");
      chmodSync(join(folder, server), 0o755);
      assert.equal(sayWith(folder), "");
    });
  });
}
