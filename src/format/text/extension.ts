export const extensionText = {} as const;
