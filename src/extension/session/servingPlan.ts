import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Memento } from 'vscode';
import * as vscode from 'vscode';

import type { Logger } from '../../core/common/logger.js';
import type { AnswerRequest } from '../../core/cost/answers/answers.js';
import type { Measurement } from '../../core/cost/answers/measurements.js';
import type { PriceTable } from '../../core/cost/prices/table.js';
import type { ServiceModel } from '../../core/cost/types.js';
import type { SimulatorJob } from '../../core/cost/simulatorJob.js';
import type { CostSection, CostStep } from '../../protocol/cost.js';
import type { Report } from '../../protocol/report.js';
import type { PageCost } from '../../protocol/webview.js';
import type { PipelineSettings, ServingSettings, WorkspaceFile } from '../../protocol/settings.js';
import type { Message } from '../../protocol/text.js';
import { onlyPipelineOf, storedSteps } from '../../store/pipelineSteps.js';
import type { ReportStore } from '../../store/reportStore.js';
import type { ModelSession } from './modelSession.js';
import type { ServingChoices } from './servingChoices.js';
import { readWorkspaceSettings } from './workspaceFiles.js';

const MEASURED_KEY = 'cost.measured';
const MOST_MEASURED = 10;
const MOST_SAMPLES = 200;
const MOST_INSTANCES = 80;
/** Of the simulation, all rows together; one seed, so that the same question has the same answer. */
const SIMULATION_MS = 1000;
const SEED = 1;

/** The answers' code, loaded when a panel needs it: most windows never ask what serving costs. */
const core = async () => ({
  ...(await import('../../core/cost/answers/answers.js')),
  ...(await import('../../core/cost/answers/assumptions.js')),
  ...(await import('../../core/cost/answers/candidates.js')),
  ...(await import('../../core/cost/answers/simulatedRows.js')),
  ...(await import('../../core/cost/pipeline.js')),
  ...(await import('../../core/cost/prices/priceFile.js')),
  ...(await import('../../core/cost/prices/table.js')),
});

type Core = Awaited<ReturnType<typeof core>>;

/** By formula; `job` is what the simulation of the queue is asked then, null where there is nothing to simulate. */
export interface PlanAnswer {
  cost: PageCost;
  job: SimulatorJob | null;
  /** For the page, with another section than the formula's. */
  page(section: CostSection): PageCost;
}

/** What the answers of one model rest on in this window, and the answers. */
export class ServingPlan {
  constructor(
    private readonly choices: ServingChoices,
    private readonly memento: Memento,
    private readonly store: ReportStore,
    private readonly log: Logger,
  ) {}

  /** The workspace's file, and over it what was picked in the panel. */
  async settings(session: ModelSession): Promise<ServingSettings> {
    return this.#over(await sharedFile(session));
  }

  #over(shared: WorkspaceFile | null): ServingSettings {
    const picked = this.choices.get();
    const { hourly, ...constant } = shared?.serving ?? {};
    // A rate that was typed goes before the hours of the file.
    return { ...constant, ...(hourly !== undefined && picked.rate === undefined && { hourly }), ...picked };
  }

  measured(session: ModelSession): Measurement[] {
    return this.memento.get<Record<string, Measurement[]>>(MEASURED_KEY, {})[session.uri.toString()] ?? [];
  }

  /** One of a machine: a newer one takes its place. */
  async addMeasured(session: ModelSession, measurement: Measurement): Promise<void> {
    const all = this.memento.get<Record<string, Measurement[]>>(MEASURED_KEY, {});
    const others = this.measured(session).filter(({ instance }) => instance !== measurement.instance);
    const kept = [...others, thinned(measurement)].slice(-MOST_MEASURED);
    await this.memento.update(MEASURED_KEY, { ...all, [session.uri.toString()]: kept });
  }

  /** null where nothing was measured. */
  async answer(session: ModelSession): Promise<PlanAnswer | null> {
    const { report } = session;
    if (!report || !report.scenarios.some(({ latency }) => latency !== null)) return null;
    const loaded = await core();
    const shared = await sharedFile(session);
    const settings = this.#over(shared);
    const whole = await this.#requestOf(session, report, shared?.pipelines ?? [], loaded);
    const prices = await this.#prices(session, settings, loaded);
    const request: AnswerRequest = {
      report,
      assumptions: loaded.assumptionsFrom(settings),
      prices,
      today: new Date().toISOString(),
      measurements: this.measured(session),
      alsoInstances: session.cost.asked?.instance == null ? [] : [session.cost.asked.instance],
      ...(whole.services && { services: whole.services }),
      ...(whole.steps && { steps: whole.steps }),
      ...(settings.edge && { edge: settings.edge }),
      training: settings.training ?? null,
    };
    const section = loaded.answers(request);
    const page = (shown: CostSection): PageCost => ({
      section: withCaveat(shown, whole.caveat),
      regions: loaded.regionsOf(prices).map(({ provider, region }) => `${provider} ${region}`),
      instances: instancesOf(prices, section.assumptions.region, loaded),
      capacityMeasured: report.capacity.length > 0,
      request: whole.settings,
    });
    const basis = loaded.simulationBasis(request, section);
    const isSimulated = (section.assumptions.rate ?? 0) > 0 && basis.rows.length > 0;
    const job = isSimulated ? { section, basis, seed: SEED, budgetMs: SIMULATION_MS } : null;
    return { cost: page(section), job, page };
  }

  /** The pipeline that alone names this model, from the newest reports of its other models. */
  async #requestOf(
    session: ModelSession,
    report: Report,
    pipelines: readonly PipelineSettings[],
    loaded: Core,
  ): Promise<WholeRequest> {
    const folder = vscode.workspace.getWorkspaceFolder(session.uri)?.uri.fsPath ?? '';
    const places = [session.uri.fsPath];
    const settings = onlyPipelineOf(places, pipelines, folder);
    if (!settings) return CALLS_ALONE;
    const { steps, missing } = await storedSteps(settings, folder, { places, report }, this.store);
    const services = steps ? loaded.requestServices(steps, settings, SEED) : [];
    if (steps && services.length > 0) return { settings, services, steps, caveat: null };
    const code = missing === null ? 'cost.request.apart' : 'cost.request.missing';
    return { ...CALLS_ALONE, caveat: { code, params: { name: settings.name, model: missing ?? '' } } };
  }

  /** A bad list leaves the project's prices in force. */
  async #prices(session: ModelSession, { prices }: ServingSettings, loaded: Core): Promise<PriceTable> {
    const folder = vscode.workspace.getWorkspaceFolder(session.uri)?.uri.fsPath;
    if (prices === undefined || (folder === undefined && !path.isAbsolute(prices))) return loaded.catalogue();
    try {
      const text = await readFile(path.resolve(folder ?? '', prices), 'utf8');
      const name = this.choices.nameOfPrices(prices);
      return loaded.withPriceList(loaded.parsePriceList(text, name), name);
    } catch (error) {
      this.log.warn(`price list ${prices}: ${error instanceof Error ? error.message : String(error)}`);
      return loaded.catalogue();
    }
  }
}

interface WholeRequest {
  settings: PipelineSettings | null;
  services: ServiceModel[] | null;
  steps: CostStep[] | null;
  /** Why calls are counted where a request was meant. */
  caveat: Message | null;
}

const CALLS_ALONE: WholeRequest = { settings: null, services: null, steps: null, caveat: null };

const withCaveat = (section: CostSection, caveat: Message | null): CostSection =>
  caveat ? { ...section, caveats: [caveat, ...(section.caveats ?? [])] } : section;

async function sharedFile({ uri }: ModelSession): Promise<WorkspaceFile | null> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder ? readWorkspaceSettings(folder).catch(() => null) : null;
}

/** Machines without an accelerator in the region: what a developer's machine may be. */
function instancesOf(table: PriceTable, region: string | null, loaded: Core): string[] {
  const place = loaded.regionOf(region, table);
  return table.prices
    .filter((price) => price.accelerator === null && price.region === place?.region)
    .filter((price) => place?.provider == null || price.provider === place.provider)
    .map(({ instance }) => instance)
    .slice(0, MOST_INSTANCES);
}

/** Enough for a percentile; workspace state is no place for more. */
const thinned = (measurement: Measurement): Measurement => ({
  ...measurement,
  services: measurement.services.map((service) => ({
    ...service,
    byBatch: service.byBatch.map((call) => {
      const stride = Math.max(1, Math.ceil(call.samplesNs.length / MOST_SAMPLES));
      return { ...call, samplesNs: call.samplesNs.filter((_, index) => index % stride === Math.floor(stride / 2)) };
    }),
  })),
});
