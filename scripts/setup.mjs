#!/usr/bin/env node
import { build } from "./setup/build.mjs";
import { installDependencies } from "./setup/install.mjs";
// Makes a checkout ready: dependencies, build and, with --tests, a Redis server for the tests.
// Runs before node_modules exists, so it uses nothing but Node. Quiet when there is nothing to do.
import { requireNode } from "./setup/node-version.mjs";
import { provideRedis } from "./setup/redis.mjs";
import { SetupError, say } from "./setup/report.mjs";

try {
  requireNode();
  installDependencies();
  build();
  if (process.argv.includes("--tests")) provideRedis();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
