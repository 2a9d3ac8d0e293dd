import { CliError } from "../cli-error.js";
import { readUpFile, type UpFile } from "../up/up-file.js";
import type { Drill, DrillAnswer, UpState } from "../up/up-state.js";
import { accepted } from "./control-client.js";
import { requestJson } from "./request-json.js";

const who = "holdfast up";

/** @throws CliError `unreachable` where no `holdfast up` runs in the state directory. */
export async function drill(stateDirectory: string, what: Drill): Promise<DrillAnswer> {
  const up = readUpFile(stateDirectory);
  if (up === null) {
    throw new CliError(
      "unreachable",
      `Cannot drill: no "holdfast up" runs in ${JSON.stringify(stateDirectory)}; start it with "npm start", or name its directory with --state`,
    );
  }
  const { drillUrl, drillToken: token } = up;
  const url = `${drillUrl}/drill`;
  return accepted(await requestJson({ method: "POST", url, token, body: what, who }));
}

export async function readUpState({ drillUrl, drillToken: token }: UpFile): Promise<UpState> {
  return accepted(await requestJson({ method: "GET", url: `${drillUrl}/state`, token, who }));
}
