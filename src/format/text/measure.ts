export const measureText = {} as const;
