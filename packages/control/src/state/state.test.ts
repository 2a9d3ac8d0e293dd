import assert from "node:assert/strict";
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporary } from "../testing/stand.js";
import { loadFleetKey, newFleetKey } from "./fleet-key.js";
import { readOwnerOnly, writeOwnerOnly } from "./owner-only-file.js";
import {
  loadToken,
  readControlAddress,
  removeControlAddress,
  stateFiles,
  writeControlAddress,
} from "./state-files.js";

void test("the first start makes a token for its owner alone, later ones read it", (t) => {
  const files = stateFiles(join(temporary(t), "state"));
  const token = loadToken(files);
  assert.match(token, /^hf_[\w-]{43}$/);
  assert.equal(statSync(files.tokenFile).mode & 0o777, 0o600);
  assert.equal(statSync(files.directory).mode & 0o777, 0o700);
  assert.equal(loadToken(files), token);
});

void test("a token that others can read is refused, and the message says what to run", (t) => {
  const files = stateFiles(temporary(t));
  loadToken(files);
  chmodSync(files.tokenFile, 0o644);
  assert.throws(() => loadToken(files), /its mode is 0644.*chmod 600/);
});

void test("a secret that is not there is an error that names the file", (t) => {
  const path = join(temporary(t), "nothing");
  assert.throws(
    () => readOwnerOnly(path),
    (error) => error instanceof Error && error.message.includes(path),
  );
});

void test("a file is replaced as a whole and stays its owner's", (t) => {
  const path = join(temporary(t), "up.json");
  writeOwnerOnly(path, "one");
  writeOwnerOnly(path, "two");
  assert.equal(readOwnerOnly(path), "two");
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

void test("a fleet key is made alone, but must be named where Redis is shared", (t) => {
  const defaultPath = join(temporary(t), "fleet-key");
  assert.throws(() => loadFleetKey({ path: null, defaultPath, shared: true }), /--fleet-key-file/);
  const made = loadFleetKey({ path: null, defaultPath, shared: false });
  assert.equal(made.byteLength, 32);
  assert.deepEqual(loadFleetKey({ path: defaultPath, defaultPath, shared: true }), made);
});

void test("a named fleet key is never made up, nor accepted when it is short", (t) => {
  const directory = temporary(t);
  const path = join(directory, "key");
  assert.throws(() => loadFleetKey({ path, defaultPath: path, shared: false }), /ENOENT/);
  writeFileSync(path, newFleetKey().slice(0, 20), { mode: 0o600 });
  assert.throws(() => loadFleetKey({ path, defaultPath: path, shared: false }), /it has 15 bytes/);
});

void test("where a control plane listens is told and taken back, but not a successor's word", (t) => {
  const files = stateFiles(temporary(t));
  assert.equal(readControlAddress(files), null);
  const address = { url: "http://127.0.0.1:1", pid: 7, tokenFile: files.tokenFile };
  writeControlAddress(files, address);
  assert.deepEqual(readControlAddress(files), address);
  removeControlAddress(files, 8);
  assert.deepEqual(readControlAddress(files), address);
  removeControlAddress(files, 7);
  assert.equal(readControlAddress(files), null);
});
