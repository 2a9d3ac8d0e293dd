export const controlRoom: string = "control";
