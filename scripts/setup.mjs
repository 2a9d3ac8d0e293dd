#!/usr/bin/env node
// Makes a checkout ready: dependencies, build (of the project that is named, else of all) and, with
// --tests, a Redis server for the tests.
// Runs before node_modules exists, so it uses nothing but Node. Quiet when there is nothing to do.

import { build } from "./setup/build.mjs";
import { installDependencies } from "./setup/install.mjs";
import { requireNode } from "./setup/node-version.mjs";
import { provideRedis } from "./setup/redis.mjs";
import { SetupError, say } from "./setup/report.mjs";

const project = process.argv.slice(2).find((argument) => !argument.startsWith("-"));

try {
  requireNode();
  installDependencies();
  await build(project);
  if (process.argv.includes("--tests")) provideRedis();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
