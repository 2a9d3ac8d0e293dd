export const decisionsRoom: string = "decisions";
