import { fileURLToPath } from "node:url";
import { runProgram } from "./program.js";

const path = fileURLToPath(import.meta.url);
await runProgram(process.argv.slice(2), { node: [...process.execArgv, path] });
