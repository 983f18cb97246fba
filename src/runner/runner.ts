/** The typed client of the worker processes, for the extension and the command line. */

import path from 'node:path';
import type { Disposable } from '../core/common/disposable.js';
import type { Logger } from '../core/common/logger.js';
import type { Report } from '../protocol/report.js';
import type { ScannedModel } from '../protocol/scan.js';
import type {
  Host,
  ImportTraceRequest,
  InspectRequest,
  LoadTestRequest,
  ProfileRequest,
  QuantizeRequest,
} from '../protocol/worker.js';
import { readEnvironment } from './environment.js';
import { InspectingLane } from './inspectingLane.js';
import { MeasuringLane } from './measuringLane.js';
import type { AskForMemory } from './memoryMeasurement.js';
import {
  type CallRequest,
  ProfileCall,
  type ProfileControl,
  type ProfileHandlers,
  type ProfileSurroundings,
} from './profileCall.js';
import { sweepTemporaryFolders } from './temporaryFolders.js';
import { userFolder } from './userFolder.js';

export type { LaneHolder } from './measuringLane.js';
export type { ProfileControl, ProfileHandlers } from './profileCall.js';

export interface RunnerOptions {
  /** Where `worker.js` and `inspector.js` lie. */
  distFolder: string;
  logger: Logger;
  /** For content hashes, kept between runs; none when left out. */
  cacheFolder?: string;
  /** Root of the lane's lock and of the private folders; the system's temporary folder when left out. */
  temporaryRoot?: string;
}

/** A profile under way. */
export interface ProfileRun {
  /**
   * Rejects with CancelledError; with RemoteError for what the worker reported; with ExpectedError where the process
   * ended, a limit was reached, or the temporary folder cannot be used.
   */
  result: Promise<Report>;
  /** Ends after the run under way and keeps what was measured (`status` 'partial'); cancels a call that still waits. */
  stop(): void;
  /** Kills: within one second, even inside a run. */
  cancel(): void;
}

export class Runner implements Disposable {
  private readonly inspecting: InspectingLane;
  /** Apart: reading a gigabyte must not keep anybody waiting for a structure. */
  private readonly importing: InspectingLane;
  private readonly calls = new Set<ProfileCall>();
  private host: Promise<Host> | null = null;
  private emptyBytes: Promise<number> | null = null;
  private readonly swept = new Set<string>();

  constructor(private readonly options: RunnerOptions) {
    const script = path.join(options.distFolder, 'inspector.js');
    this.inspecting = new InspectingLane(script, options.logger);
    this.importing = new InspectingLane(script, options.logger, IMPORT_LIMIT_MS);
  }

  /** What this machine is; read once. */
  environment(): Promise<Host> {
    this.host ??= readEnvironment(this.options.distFolder);
    return this.host;
  }

  /** Static report, without running anything and without waiting for a measurement. Rejects as `ProfileRun.result` does. */
  async inspect(request: Pick<InspectRequest, 'modelPath' | 'options'>, signal?: AbortSignal): Promise<Report> {
    const { modelPath, options } = request;
    const host = await this.environment();
    return this.inspecting.call<'inspect'>({ kind: 'inspect', modelPath, options, host }, signal);
  }

  /** What a file is and holds, whatever its format; in the inspecting process, so that no host waits for its parsing. */
  scan(path: string, signal?: AbortSignal): Promise<ScannedModel> {
    return this.inspecting.call<'scan'>({ kind: 'scan', path }, signal);
  }

  /** A profile that ONNX Runtime wrote, as a report with status `imported`. Rejects as `ProfileRun.result` does. */
  importTrace(request: Omit<ImportTraceRequest, 'kind'>, signal?: AbortSignal): Promise<Report> {
    return this.importing.call<'importTrace'>({ kind: 'importTrace', ...request }, signal);
  }

  /** Begins at once, or as soon as the measuring lane is free. */
  profile(
    request: Pick<ProfileRequest, 'modelPath' | 'options'>,
    handlers: ProfileHandlers = {},
    control: ProfileControl = {},
  ): ProfileRun {
    const { modelPath, options } = request;
    return this.measure({ modelPath, options }, handlers, control);
  }

  /**
   * Tries quantization, in the measuring lane as a profile; the result is a report with a `quantization` section. With
   * `output` a model is written; its warning or error says why not.
   */
  quantize(
    request: Pick<QuantizeRequest, 'modelPath' | 'options' | 'settings' | 'output'>,
    handlers: ProfileHandlers = {},
    control: ProfileControl = {},
  ): ProfileRun {
    const { modelPath, options, settings, output } = request;
    return this.measure({ modelPath, options, quantize: { settings, output } }, handlers, control);
  }

  /** What this machine carries: batches, threads and sessions, in the measuring lane; a report with its `capacity`. */
  capacity(
    request: Pick<ProfileRequest, 'modelPath' | 'options'>,
    handlers: ProfileHandlers = {},
    control: ProfileControl = {},
  ): ProfileRun {
    const { modelPath, options } = request;
    return this.measure({ modelPath, options, capacity: true }, handlers, control);
  }

  /** Requests at random moments to real sessions; a report with its `loadTests`. `capacity`: what is known of it. */
  loadTest(
    request: Pick<LoadTestRequest, 'modelPath' | 'options' | 'settings' | 'capacity'>,
    handlers: ProfileHandlers = {},
    control: ProfileControl = {},
  ): ProfileRun {
    const { modelPath, options, settings, capacity } = request;
    return this.measure({ modelPath, options, loadTest: { settings, capacity } }, handlers, control);
  }

  private measure(request: CallRequest, handlers: ProfileHandlers, control: ProfileControl): ProfileRun {
    let surroundings: ProfileSurroundings;
    try {
      surroundings = this.surroundings();
    } catch (error) {
      return {
        result: Promise.reject(error instanceof Error ? error : new Error(String(error))),
        stop: () => undefined,
        cancel: () => undefined,
      };
    }
    const call = new ProfileCall(request, handlers, control, surroundings);
    this.calls.add(call);
    const result = call.result.finally(() => {
      this.calls.delete(call);
    });
    return {
      result,
      stop: () => {
        call.stop();
      },
      cancel: () => {
        call.cancel();
      },
    };
  }

  /** Cancels what is under way and ends every process. */
  dispose(): void {
    this.inspecting.dispose();
    this.importing.dispose();
    for (const call of this.calls) call.cancel();
  }

  private surroundings(): ProfileSurroundings {
    const folder = userFolder(this.options.temporaryRoot);
    if (!this.swept.has(folder)) {
      this.swept.add(folder);
      void sweepTemporaryFolders(folder);
    }
    return {
      script: path.join(this.options.distFolder, 'worker.js'),
      temporaryRoot: folder,
      cacheFolder: this.options.cacheFolder ?? null,
      lane: new MeasuringLane(folder),
      logger: this.options.logger,
      host: () => this.environment(),
      emptyBytes: (ask) => this.emptyWorkerBytes(ask),
    };
  }

  /** The same for every call: one runner has one engine. A failed attempt is not kept. */
  private emptyWorkerBytes(ask: AskForMemory): Promise<number> {
    this.emptyBytes ??= ask({ modelPath: null, options: EMPTY_RUN, dimensions: [] });
    this.emptyBytes.catch(() => {
      this.emptyBytes = null;
    });
    return this.emptyBytes;
  }
}

/** A gigabyte takes a minute on a slow machine. */
const IMPORT_LIMIT_MS = 600_000;

const EMPTY_RUN: ProfileRequest['options'] = {
  dimensions: [],
  inputs: [],
  seed: 0,
  provider: 'cpu',
  threads: 0,
  optimization: 'all',
  budgetSeconds: 0,
  memoryLimitBytes: null,
  command: '',
};
