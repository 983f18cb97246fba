/** What is kept where nobody set it otherwise: the defaults of the editor's settings, in package.json. */
export const HISTORY_DEFAULTS = {
  /** Reports of one model and settings. */
  historyLimit: 20,
  /** Of all reports together: 2 GiB. */
  historyBytes: 2048 * 2 ** 20,
} as const;
