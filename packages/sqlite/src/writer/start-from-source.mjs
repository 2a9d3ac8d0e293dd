// Starts the writer's thread where the sources run unbuilt: a thread of Node 20 does not inherit
// the translator of its process. The build has no use for this file and does not contain it.
import { register } from "tsx/esm/api";

register();
await import("./writer-thread.ts");
