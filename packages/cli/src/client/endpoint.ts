import { readControlAddress, readOwnerOnly, stateFiles } from "@holdfast/control";
import { CliError } from "../cli-error.js";
import { readUpFile, type UpFile } from "../up/up-file.js";

/** How a command is told where the control plane is. */
export interface EndpointOptions {
  readonly state: string;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly realm?: string;
}

export interface Endpoint {
  readonly url: string;
  readonly token: string;
  /** Undefined: the control plane's own. */
  readonly realm: string | undefined;
  readonly up: UpFile | null;
}

/** The control plane that was named, else the one that runs in the state directory. */
export function findEndpoint(options: EndpointOptions): Endpoint {
  if (options.url !== undefined) {
    if (options.tokenFile === undefined) {
      throw new CliError(
        "usage",
        "Cannot use --url alone: name the file of its token with --token-file",
      );
    }
    const token = readOwnerOnly(options.tokenFile);
    return { url: trimmed(options.url), token, realm: options.realm, up: null };
  }
  const up = readUpFile(options.state);
  if (up !== null) {
    const token = readOwnerOnly(up.tokenFile);
    return { url: up.controlUrl, token, realm: options.realm ?? up.realm, up };
  }
  const control = readControlAddress(stateFiles(options.state));
  if (control !== null) {
    const token = readOwnerOnly(control.tokenFile);
    return { url: control.url, token, realm: options.realm, up: null };
  }
  throw new CliError(
    "unreachable",
    `Cannot find a control plane: none runs in ${JSON.stringify(options.state)}; start one with "npm start" or "holdfast up", or name one with --url and --token-file`,
  );
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
