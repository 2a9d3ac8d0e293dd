import { DecisionsError } from "../decisions-error.js";
import type { Question } from "../question.js";
import { nonsense, readVerdict } from "./http-verdict.js";
import type { Upstream } from "./upstream.js";

export interface HttpUpstreamOptions {
  /** Where questions are posted: `http:` or `https:`, without credentials. */
  readonly url: string;
  /** Sent as bearer token. @default none */
  readonly token?: string;
  /** How long one question may take, 10 to 60,000. @default 5_000 */
  readonly deadlineMs?: number;
  /** How large an answer may be, 1 KiB to 1 MiB. @default 65_536 */
  readonly maxBytes?: number;
}

/** Asks over HTTP: one POST per question, connections kept alive, redirects not followed. */
export function createHttpUpstream(options: HttpUpstreamOptions): Upstream {
  const url = checkedUrl(options.url);
  const deadlineMs = within("deadlineMs", options.deadlineMs ?? 5_000, 10, 60_000);
  const maxBytes = within("maxBytes", options.maxBytes ?? 65_536, 1_024, 1_048_576);
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/json",
  };
  if (options.token !== undefined) headers["authorization"] = `Bearer ${options.token}`;
  const asking = new Set<AbortController>();

  async function ask(question: Question, signal: AbortSignal) {
    const giveUp = new AbortController();
    const abort = () => giveUp.abort();
    const deadline = setTimeout(() => giveUp.abort(deadlinePassed), deadlineMs);
    asking.add(giveUp);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body: JSON.stringify(question),
        redirect: "manual",
        signal: giveUp.signal,
      });
      return readVerdict({
        status: response.status,
        contentType: response.headers.get("content-type"),
        body: await boundedText(response, maxBytes),
      });
    } catch (error) {
      throw failure(error, giveUp.signal, deadlineMs);
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener("abort", abort);
      asking.delete(giveUp);
    }
  }

  return {
    ask,
    async [Symbol.asyncDispose]() {
      for (const giveUp of asking) giveUp.abort();
    },
  };
}

const deadlinePassed = Symbol("deadline passed");

async function boundedText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body, and with it the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw nonsense(`the body is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function failure(error: unknown, signal: AbortSignal, deadlineMs: number): DecisionsError {
  if (error instanceof DecisionsError) return error;
  if (signal.reason === deadlinePassed) {
    return new DecisionsError(
      "upstream-deadline",
      `Cannot ask the upstream: no answer within ${deadlineMs} ms`,
      { cause: error },
    );
  }
  return new DecisionsError(
    "upstream-unavailable",
    `Cannot ask the upstream: ${innermost(error)}`,
    { cause: error },
  );
}

/** "fetch failed" says nothing; its cause says "connect ECONNREFUSED". */
function innermost(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (!(at instanceof Error)) return String(at);
  const code = "code" in at && typeof at.code === "string" ? at.code : "";
  return at.message === "" ? code : at.message;
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid(`url is ${JSON.stringify(text)}, it must be an http: or https: address`);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid("url contains credentials, they belong into a token file");
  }
  return url;
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw invalid(`${name} is ${value}, it must be from ${least} to ${most}`);
}

function invalid(state: string): DecisionsError {
  return new DecisionsError("invalid-option", `Cannot use the upstream: ${state}`);
}
