/**
 * How long one core takes to hand a value to another and have it back: what threads that share the work of one kernel
 * wait for at its start and end. A host that moves a virtual machine's cores apart (to another die or socket) makes it
 * four times as long, and small kernels on several threads twice as slow, which neither the load of other processes
 * nor the speed of a single core shows.
 */

import { Worker } from 'node:worker_threads';
import { REFERENCE_REPEATS, REFERENCE_STEPS, referenceKernel } from './referenceKernel.js';

export interface OtherCoreReading {
  /** Of one exchange there and back, the least mean of a few batches. */
  handoffNs: number;
  /** Of the reference kernel on the other core while this one waits; null when it does not end in time. */
  referenceNs: number | null;
}

export interface HandoffGauge {
  /** Keeps the other core at work until the end of the next reading, which wakes it by itself otherwise. */
  wake(): void;
  /** null until the other thread is up. */
  read(): OtherCoreReading | null;
  /** Ends the other thread; `ended` says when it is gone. */
  dispose(): void;
  readonly ended: Promise<void>;
}

/** Each value in a cache line of its own. */
const STRIDE = 32;
const TURN = 0;
const BALL = STRIDE;
const READY = 2 * STRIDE;
/** 1 asks for the reference kernel; 0 when it is done. */
const KERNEL = 3 * STRIDE;
const KERNEL_NS = KERNEL + 1;
const WORDS = 4 * STRIDE;

const EXCHANGES = 200;
const BATCHES = 5;
/**
 * Threads that share one core wait for whole slices of time: then as many exchanges as fit. The system often wakes the
 * other thread on the core of this one; seen, it moves it within two slices, and a later batch tells the distance.
 */
const LONGEST_NS = 25_000_000n;

const LONGEST_KERNEL_MS = 50;

/**
 * The other thread: says that it is ready, sleeps while the turn is even, answers odd balls with the next even one while
 * it is odd, and times the kernel when asked; ends when the turn is negative. Stands alone, without the names of this
 * file: only its text reaches the thread.
 */
function answerBalls(shared: Int32Array, kernel: (steps: number) => number, steps: number, repeats: number): void {
  Atomics.store(shared, 64, 1);
  for (;;) {
    const turn = Atomics.load(shared, 0);
    if (turn < 0) return;
    if (turn % 2 === 0) Atomics.wait(shared, 0, turn);
    else {
      const ball = Atomics.load(shared, 32);
      if (ball % 2 === 1) Atomics.compareExchange(shared, 32, ball, ball + 1);
      if (Atomics.load(shared, 96) === 1) {
        let least = 1e9;
        for (let repeat = 0; repeat < repeats; repeat++) {
          const start = process.hrtime.bigint();
          if (kernel(steps) === 0) return;
          least = Math.min(least, Number(process.hrtime.bigint() - start));
        }
        Atomics.store(shared, 97, least);
        Atomics.store(shared, 96, 0);
        Atomics.notify(shared, 96);
      }
    }
  }
}

const SCRIPT = `(${answerBalls.toString()})(require('node:worker_threads').workerData, ${referenceKernel.toString()}, ${String(REFERENCE_STEPS)}, ${String(REFERENCE_REPEATS)})`;

export function createHandoffGauge(): HandoffGauge {
  const shared = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(SCRIPT, { eval: true, workerData: shared, execArgv: [], stdout: true, stderr: true });
  worker.unref();
  // Without the thread nothing is read: a gauge must not end a measurement.
  worker.on('error', () => Atomics.store(shared, READY, 0));
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
    });
  });
  return {
    ended,
    wake() {
      if (Atomics.load(shared, READY) === 1) wake(shared);
    },
    read: () => (Atomics.load(shared, READY) === 1 ? readOtherCore(shared) : null),
    dispose() {
      Atomics.store(shared, READY, 0);
      worker.ref();
      Atomics.store(shared, TURN, -1);
      Atomics.notify(shared, TURN);
    },
  };
}

function wake(shared: Int32Array): void {
  if (Atomics.load(shared, TURN) % 2 !== 0) return;
  Atomics.add(shared, TURN, 1);
  Atomics.notify(shared, TURN);
}

function readOtherCore(shared: Int32Array): OtherCoreReading {
  wake(shared);
  const reading = { handoffNs: leastExchangeNs(shared), referenceNs: otherReferenceNs(shared) };
  Atomics.add(shared, TURN, 1);
  return reading;
}

function otherReferenceNs(shared: Int32Array): number | null {
  Atomics.store(shared, KERNEL, 1);
  const isDone = Atomics.wait(shared, KERNEL, 1, LONGEST_KERNEL_MS) !== 'timed-out';
  return isDone ? Atomics.load(shared, KERNEL_NS) : null;
}

function leastExchangeNs(shared: Int32Array): number {
  const deadline = process.hrtime.bigint() + LONGEST_NS;
  // The first one waits for the thread to wake.
  exchange(shared, 1, deadline);
  let least = Infinity;
  for (let batch = 0; batch < BATCHES && (batch === 0 || process.hrtime.bigint() < deadline); batch++)
    least = Math.min(least, exchange(shared, EXCHANGES, deadline));
  return least;
}

const evenAbove = (ball: number): number => ball + (ball % 2);

/** Mean nanoseconds of `count` exchanges, or of those that the deadline allowed. */
function exchange(shared: Int32Array, count: number, deadline: bigint): number {
  const start = process.hrtime.bigint();
  // The last one may not have been answered in its time.
  let ball = evenAbove(Atomics.load(shared, BALL));
  let done = 0;
  for (; done < count; done++) {
    Atomics.store(shared, BALL, ball + 1);
    ball += 2;
    if (!awaitBall(shared, ball, deadline)) break;
  }
  return Number(process.hrtime.bigint() - start) / Math.max(1, done);
}

const LOOKS_BETWEEN_CLOCKS = 1000;

function awaitBall(shared: Int32Array, ball: number, deadline: bigint): boolean {
  for (;;) {
    for (let look = 0; look < LOOKS_BETWEEN_CLOCKS; look++) if (Atomics.load(shared, BALL) === ball) return true;
    if (process.hrtime.bigint() > deadline) return false;
  }
}
