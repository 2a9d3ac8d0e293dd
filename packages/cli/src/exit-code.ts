/** What the command's end says to scripts. The help text prints this table. */
export const exitCode = {
  /** Done; `decide`: allow. */
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but it does not hold everywhere that was asked for. */
  inPart: 3,
  denied: 4,
  /** Nobody can say at the moment. Not a no. */
  unavailable: 5,
  unreachable: 6,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export const exitCodeHelp = `
Exit codes:
  0  done; decide: allow
  1  failed
  2  wrong usage
  3  done, but it does not hold everywhere that was asked for
  4  decide: deny
  5  decide: nobody can say at the moment (not a no)
  6  no control plane to talk to`;
