export default {
  app: { name: 'Hutuo', title: 'Hutuo 滹沱', skip: 'Skip to content' },
  nav: { map: 'Map', targets: 'Targets', reconcile: 'Reconciliation', clauses: 'Clauses', report: 'Report', verbs: 'All functions', main: 'Main navigation' },
  view: {
    region: 'Region', at: 'Valid at', atHelp: 'show what held on that day; today if empty', asOf: 'Known as of', asOfHelp: 'use only what was known by that day; everything if empty', today: 'today', all: 'all',
    lang: '中文', langHelp: '切换到中文', share: 'Share', shareHelp: 'Whoever opens this link sees the same view', copy: 'Copy link', copied: 'Copied',
  },
  state: {
    loading: 'Reading…', failed: 'It did not work', hint: 'Hint', retry: 'Try again', yes: 'yes', no: 'no', close: 'Close',
    unreachable: 'The service cannot be reached', noJson: 'The answer of the service cannot be read', nothing: 'There is nothing to show', sortBy: 'sort by this column',
  },
  map: {
    title: 'Map of the region', indicator: 'Indicator', year: 'Year', years: 'Year ({n} in all)', play: 'Play', stop: 'Stop', previous: 'Year before', next: 'Year after',
    sets: 'Rings and corridors', compare: 'Compare two years', against: 'Year to compare with', side: 'Side by side', swipe: 'Swipe', divider: 'Divider of the swipe, moved by the arrow keys',
    scope: 'Shown', members: 'Members only', everything: 'All units', labels: 'Labels', labelNone: 'None', labelNames: 'Names', labelValues: 'Names and values', find: 'Find a unit',
    zoomIn: 'Zoom in', zoomOut: 'Zoom out', home: 'Whole region',
    legend: 'Legend', noData: 'No data', estimate: 'Estimate (dotted)', estimateShort: 'estimate', excluded: 'Left out by the plan', part: 'Only in part, not delimited', outside: 'Outside',
    source: 'Source', boundaries: 'Boundaries', table: 'Table of values', showTable: 'Show the table of values', hideTable: 'Hide the table of values', unit: 'Unit', code: 'Code', above: 'Lies in', role: 'Membership', value: 'Value', difference: 'Difference', change: 'Change',
    missing: '{n} units without data', standing: 'Where the plan stands', toTargets: 'All targets, and why', whole: '{n} units as a whole', inPart: 'In part: {names} (the plan draws no line; the map shows the unit it lies in, and values are those of the whole unit)', leftOut: 'Left out by name: {names}', released: 'Data pack released on {day}',
    figures: 'Figures', click: 'Click a unit on the map or in the table to see all its figures with their sources.', area: 'Area of the polygon', lies: 'Lies in', search: 'Filter indicators', core: 'Core indicators', counted: '{n} indicators',
    history: 'History', period: 'Period', recorded: 'Recorded', note: 'Remark', method: 'Method', quality: 'Quality', qualityA: 'A: official or plan', qualityB: 'B: second-hand copy', onMap: 'Show on the map', partOf: 'Only a part of this unit ({name}) belongs to the region and the plan draws no line; these are the figures of the whole unit.', isExcluded: 'The plan leaves this unit out by name.', isOutside: 'This unit lies outside of the region.', noFigures: 'No figure of this place is stored.',
    exportCsv: 'Export CSV', exportPng: 'Export picture', exportGeojson: 'Export GeoJSON', exports: 'Export', sample: 'raw counts of the long-form sample; divide by the sampling share for totals', mapLabel: 'Map of the region; the values stand in the table of values', drawnAt: 'Drawn on {day}',
    nothingYet: 'At the chosen days nothing of this region was stored yet; choose other days, or clear them.', noYears: 'There is no indicator to map', from: 'from',
  },
  role: { whole: 'in as a whole', part: 'in part', excluded: 'left out by name', outside: 'outside' },
  status: { met: 'met', on_track: 'on track', off_track: 'off track', no_data: 'no data', not_measurable: 'not measurable' },
  statusHelp: {
    met: 'the last figure stands as the target asks', on_track: 'at the pace seen it is reached in time', off_track: 'at the pace seen it is not reached in time, or the year is over',
    no_data: 'what is stored does not decide it', not_measurable: 'the plan does not say how many objects must reach it',
  },
  yearFrom: { stated: 'stated', inherited: 'inherited', none: 'not stated' },
  targets: {
    title: 'Targets of the plan', target: 'Target', clause: 'Clause', asked: 'Asked', year: 'By', yearFrom: 'Year from', stance: 'Stance', status: 'Status', observed: 'Last observed', observedOn: 'Period observed', operator: 'Operator', value: 'Target value', unit: 'Unit', source: 'Source', place: 'Geography', indicator: 'Indicator',
    distance: 'Distance', growth: 'Needed growth a year', seenGrowth: 'Growth a year seen', settled: 'What would settle it', all: 'all', method: 'How it is measured', rule: 'Rule that decided', rows: 'Figures that decide',
    related: 'Figures that bear on it without deciding it', sources: 'Sources', clauseText: 'Clause, in our own summary', none: 'Nothing stored decides this target', note: 'Remark', observedValue: 'Observed value', estimate: 'Estimate', trail: 'Path and target', aim: 'Target',
    exportCsv: 'Export CSV', exportXlsx: 'Export Excel', open: 'See why', words: '{n} targets', count: '{n} {status}', then: ': ', comma: ', ', filter: 'Filter by status', toClause: 'See it among the clauses', of: '{issuer}, issued {issued}; {from}–{to}', outlook: ', outlook {year}', empty: 'No target has this status.',
  },
  reconcile: {
    title: "The plan's own figures, reconciled", lead: 'Each figure that the plan states about itself beside what the stored data give; where a gap comes from stands in the explanation.', figure: 'Figure', clause: 'Clause', stated: 'Stated', computed: 'Computed', gap: 'Gap', share: 'Gap, of stated', note: 'Explanation',
    sources: 'Sources', inference: 'Inference', inferenceLead: 'What follows is inferred from data; the plan does not state it.', excluded: 'Also left out',
    kept: 'kept', rest: 'left for the undelimited part', misfit: 'Misfit', misfitHelp: 'distance between what is left and the estimate of the part, as a share of the stated size; the smaller the better', none: 'nothing to hold it against', best: 'fits best',
  },
  clauses: {
    title: 'Clauses of the plan', search: 'Search heading, summary or number', noText: 'no text in the excerpt', systems: 'Numbers of the functions that serve it', targets: 'Targets of this clause', plan: 'Plan',
    count: '{n} clauses, {m} of them without text in the excerpt', found: '{n} found', summary: 'Summary of our own', only: 'Show', all: 'all', withText: 'with text', withoutText: 'without text', unfold: 'Unfold all', fold: 'Fold all', pick: 'Choose a clause on the left to see its summary, targets and functions.', below: 'Clauses below', none: 'No clause matches.', noSummary: 'The excerpt does not hold the text of this clause, so there is no summary.', has: '{n} targets', noTargets: 'This clause sets no quantified target.',
  },
  report: {
    title: 'Evaluation report', formats: 'Formats', language: 'Language of the report', make: 'Make', download: 'Download', preview: 'Preview', zh: 'Chinese', en: 'English', lead: 'Every figure of the report is computed anew from stored data; the same input gives the same bytes.',
    html: 'Web page (prints well)', xlsx: 'Excel workbook', json: 'JSON (for programs)', file: 'File', size: 'Size', check: 'Checksum SHA-256',
  },
  verbs: {
    title: 'All functions', lead: 'Every function of the platform can be used here; the same function is a command and an API call of the same name.', run: 'Run', result: 'Result', json: 'JSON', table: 'Table', download: 'Download JSON', downloadCsv: 'Download CSV', required: 'required', rows: '{n} rows', firstRows: 'the first {n} rows are shown; a download has all', empty: 'leave empty', nothing: 'This function needs no input.', pick: 'Choose a function from the list.', search: 'Find a function', list: 'several values, apart by commas', range: '{least} to {most}', least: 'at least {least}', most: 'at most {most}', api: 'API', command: 'Command', missing: "There is no function '{name}'",
  },
  part: { base: 'Base: regions, tables, figures', plan: 'Plan: clauses, targets, evaluation', space: 'Space: access and commuting', siting: 'Siting', economy: 'Economy', environment: 'Environment', exchange: 'Exchange', ledger: 'Ledger', report: 'Report' },
}
