import { CliError } from "../cli-error.js";

export interface JsonRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly token: string;
  readonly body?: unknown;
  /** Who is asked, for the message when nobody answers. */
  readonly who: string;
}

export interface JsonReply {
  readonly status: number;
  readonly body: unknown;
}

const patienceMs = 30_000;

/** @throws CliError `unreachable` where nobody answers; `refused` where the answer is not JSON. */
export async function requestJson({
  method,
  url,
  token,
  body,
  who,
}: JsonRequest): Promise<JsonReply> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers,
      redirect: "error",
      signal: AbortSignal.timeout(patienceMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (cause) {
    throw new CliError(
      "unreachable",
      `Cannot reach ${who} at ${url}: ${reasonOf(cause)}; is it running?`,
      { cause },
    );
  }
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch (cause) {
    const state = `it answered ${response.status} with something that is not JSON`;
    throw new CliError("refused", `Cannot understand ${who} at ${url}: ${state}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}
