export const cliRoom: string = "cli";
