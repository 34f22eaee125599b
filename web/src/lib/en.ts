export default {
  app: { name: 'Hutuo', title: 'Hutuo 滹沱', skip: 'Skip to content' },
  nav: { map: 'Map', targets: 'Targets', reconcile: 'Reconciliation', clauses: 'Clauses', report: 'Report', verbs: 'All functions', main: 'Main navigation' },
  view: {
    at: 'Valid at', atHelp: 'show what held on that day', asOf: 'Known as of', asOfHelp: 'use only what was known by that day',
    latest: 'latest', lang: '中文', langHelp: '切换到中文',
  },
  state: { loading: 'Reading…', failed: 'It did not work', hint: 'Hint', none: 'none', retry: 'Try again', yes: 'yes', no: 'no', comma: ', ' },
  map: {
    title: 'Map of the region', indicator: 'Indicator', year: 'Year', play: 'Play', stop: 'Stop', sets: 'Rings and corridors', compare: 'Compare with',
    legend: 'Legend', noData: 'no data', estimate: 'estimate', excluded: 'left out by the plan', part: 'only in part, not delimited',
    member: 'belongs to the region', source: 'Source', table: 'Table of values', unit: 'Unit', value: 'Value', difference: 'Difference', change: 'Change',
    caption: '{name} ({unit}), {year}', whole: 'Whole region', zoomIn: 'Zoom in', zoomOut: 'Zoom out',
    missing: '{n} units without a figure', standing: 'Where the plan stands', total: '{n} targets', toTargets: 'See all targets',
    figures: 'Figures', close: 'Close', click: 'Click a unit on the map to see its figures and their sources', area: 'Area of the polygon', lies: 'Lies in', role: 'As to the plan',
    exportCsv: 'Export CSV', exportPng: 'Export picture', exportGeojson: 'Export GeoJSON', onlyMembers: 'Only members of the region',
    sample: 'raw counts of the long-form sample; divide by the sampling share', quality: 'quality', recorded: 'recorded', definition: 'Definition', mapLabel: 'Map of the region; the values stand in the table below',
  },
  table: {
    code: 'Code', unit: 'Unit', indicator: 'Indicator', value: 'Value', measure: 'Unit of measure', year: 'Year', source: 'Source', quality: 'Quality',
    estimate: 'Estimate', method: 'Method', difference: 'Difference',
  },
  targetTable: {
    target: 'Target', clause: 'Clause', place: 'Geography', indicator: 'Indicator', operator: 'Comparison', value: 'Asked value', measure: 'Unit of measure', year: 'By year', stated: 'Year stated in the clause',
    stance: 'Stance', status: 'Status', observed: 'Last observed value', observedFrom: 'Observed from', source: 'Source of the observation', estimate: 'Estimate', distance: 'Distance',
    growth: 'Needed growth a year', settled: 'What would settle it',
  },
  role: { whole: 'in as a whole', part: 'in part', excluded: 'left out by name', outside: 'outside' },
  status: { met: 'met', on_track: 'on track', off_track: 'off track', no_data: 'no data', not_measurable: 'not measurable' },
  yearFrom: { stated: 'stated', inherited: 'inherited', none: 'not stated' },
  targets: {
    title: 'Targets of the plan', target: 'Target', clause: 'Clause', asked: 'Asked', year: 'By', stance: 'Stance', status: 'Status', observed: 'Last observed',
    distance: 'Distance', growth: 'Needed growth a year', settled: 'What would settle it', all: 'all', method: 'How it is measured', rule: 'Rule that decided', rows: 'Figures that decide',
    related: 'Figures that bear on it without deciding it', sources: 'Sources', clauseText: 'Clause, in our own summary', none: 'nothing stored decides this target', note: 'Remark',
    exportCsv: 'Export CSV', exportXlsx: 'Export Excel', open: 'See why', place: 'Geography', words: '{n} targets: ',
  },
  reconcile: {
    title: "The plan's own figures, reconciled", figure: 'Figure', clause: 'Clause', stated: 'Stated', computed: 'Computed', gap: 'Gap', note: 'Explanation',
    sources: 'Sources', inference: 'Inference', inferenceLead: 'What follows is inferred from data; the plan does not state it.', excluded: 'Also left out',
    kept: 'kept', rest: 'rest', misfit: 'Misfit', none: 'nothing to hold it against',
  },
  clauses: {
    title: 'Clauses', search: 'Search heading, summary or number', noText: 'no text in the excerpt', systems: 'Systems', targets: 'Targets', plan: 'Plan',
    count: '{n} clauses, {m} of them without text in the excerpt', summary: 'Summary of our own', found: '{n} found',
  },
  report: { title: 'Evaluation report', formats: 'Formats', language: 'Language of the report', make: 'Make', download: 'Download', preview: 'Preview', zh: 'Chinese', en: 'English', lead: 'Every figure of the report is computed anew from stored data; the same input gives the same bytes.' },
  verbs: { title: 'All functions', run: 'Run', result: 'Result', json: 'JSON', download: 'Download JSON', required: 'required', rows: '{n} rows', rowsCut: '{n} rows, the first {m} are listed; the files hold all', downloadCsv: 'Download CSV', ask: 'Ask', empty: 'leave empty' },
}
