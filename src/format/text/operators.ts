export const operatorText = {} as const;
