/** Which view a run belongs to: it is shown while it goes on, and says there what failed. */

import type { RunTask } from '../../src/protocol/webview.js';

export type TaskView = 'overview' | 'quantization' | 'pruning' | 'alternatives' | 'cost';

const VIEWS: Readonly<Record<RunTask, TaskView>> = {
  profile: 'overview',
  quantization: 'quantization',
  saveQuantized: 'quantization',
  pruning: 'pruning',
  alternatives: 'alternatives',
  capacity: 'cost',
};

export const viewOfTask = (task: RunTask | undefined): TaskView => VIEWS[task ?? 'profile'];
