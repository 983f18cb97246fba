export const pageText = {} as const;
