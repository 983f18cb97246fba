// A process that writes reports into a store. usage: putMany.ts FOLDER PREFIX COUNT
import { ReportStore } from '../../../src/store/reportStore.js';
import { sampleReport } from './sampleReport.js';

const [folder = '', prefix = '', count = '0'] = process.argv.slice(2);
const store = new ReportStore(folder);
void Promise.all(
  Array.from({ length: Number(count) }, (_, index) => store.put(sampleReport({ reportId: `${prefix}-${index}` }))),
);
