/** Entry of the simulating thread: one job after the other. */

import { parentPort } from 'node:worker_threads';
import { runSimulatorJob, type SimulatorJob } from './simulatorJob.js';

const port = parentPort;
if (!port) throw new Error('this is no thread');
port.on('message', (job: SimulatorJob) => {
  port.postMessage(runSimulatorJob(job));
});
