import { connectWriter } from "../file/connect.js";

// Holds the write lock of a file for a while.
const [path = "", milliseconds = ""] = process.argv.slice(2);
const { db } = connectWriter(path, 0);
db.exec("BEGIN IMMEDIATE");
process.stdout.write("locked\n");
setTimeout(() => db.exec("COMMIT"), Number(milliseconds));
