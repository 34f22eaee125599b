export default {
  app: { name: '滹沱', title: '滹沱 Hutuo', skip: '跳到正文' },
  nav: { map: '地图', targets: '目标', reconcile: '自述核对', clauses: '条款', report: '报告', verbs: '全部功能', main: '主导航' },
  view: {
    at: '有效日期', atHelp: '显示该日成立的数据', asOf: '已知日期', asOfHelp: '只用该日之前已知的数据',
    latest: '最新', lang: 'English', langHelp: 'Switch to English',
  },
  state: { loading: '正在读取…', failed: '未能完成', hint: '提示', none: '无', retry: '重试', yes: '是', no: '否', comma: '、' },
  map: {
    title: '区域地图', indicator: '指标', year: '年份', play: '播放', stop: '停止', sets: '圈层与廊道', compare: '与另一年对比',
    legend: '图例', noData: '无数据', estimate: '估计值', excluded: '规划明确不含', part: '仅部分属于,未划界',
    member: '属于本地区', source: '来源', table: '数值表', unit: '单元', value: '数值', difference: '差', change: '变化率',
    caption: '{name}({unit}),{year} 年', whole: '回到全区', zoomIn: '放大', zoomOut: '缩小',
    missing: '缺 {n} 个单元的数据', standing: '规划进展', total: '共 {n} 项目标', toTargets: '查看全部目标',
    figures: '数据', close: '关闭', click: '点击地图上的单元查看其数据及来源', area: '多边形面积', lies: '属于', role: '与规划范围的关系',
    exportCsv: '导出 CSV', exportPng: '导出图片', exportGeojson: '导出 GeoJSON', onlyMembers: '只看本地区成员',
    sample: '长表抽样原始数,推算须除以抽样比', quality: '质量', recorded: '记录于', definition: '定义', mapLabel: '区域地图;数值另见下表',
  },
  table: {
    code: '代码', unit: '单元', indicator: '指标', value: '数值', measure: '计量单位', year: '年份', source: '来源', quality: '质量',
    estimate: '是否估计值', method: '方法', difference: '差',
  },
  targetTable: {
    target: '目标', clause: '条款', place: '地域', indicator: '指标', operator: '比较', value: '要求值', measure: '计量单位', year: '目标年', stated: '条款写明年份',
    stance: '语气', status: '状态', observed: '最新观测值', observedFrom: '观测起日', source: '观测来源', estimate: '是否估计值', distance: '差距',
    growth: '所需年均增速', settled: '判定还需要',
  },
  role: { whole: '整体在内', part: '部分在内', excluded: '明确不含', outside: '范围之外' },
  status: { met: '已达成', on_track: '进度正常', off_track: '进度滞后', no_data: '缺数据', not_measurable: '无法量测' },
  yearFrom: { stated: '条款写明', inherited: '承自规划期', none: '规划未写明' },
  targets: {
    title: '规划目标', target: '目标', clause: '条款', asked: '要求', year: '目标年', stance: '语气', status: '状态', observed: '最新观测',
    distance: '差距', growth: '所需年均增速', settled: '判定还需要', all: '全部', method: '量法', rule: '判定规则', rows: '判定所用数据',
    related: '相关但不作判定的数据', sources: '来源', clauseText: '条款摘要(自撰)', none: '库中没有可用于判定的数据', note: '备注',
    exportCsv: '导出 CSV', exportXlsx: '导出 Excel', open: '查看依据', place: '地域', words: '共 {n} 项目标:',
  },
  reconcile: {
    title: '规划自述数字的核对', figure: '数字', clause: '条款', stated: '规划所述', computed: '数据所得', gap: '差', note: '说明',
    sources: '来源', inference: '推断', inferenceLead: '以下为由数据推出的可能,不是规划的陈述。', excluded: '另行排除',
    kept: '保留之和', rest: '余量', misfit: '不合程度', none: '无可核对',
  },
  clauses: {
    title: '条款', search: '搜索标题、摘要或编号', noText: '节选中无正文', systems: '相关制度', targets: '目标', plan: '规划',
    count: '{n} 条,其中 {m} 条在节选中无正文', summary: '摘要(自撰)', found: '找到 {n} 条',
  },
  report: { title: '评估报告', formats: '格式', language: '报告语言', make: '生成', download: '下载', preview: '预览', zh: '中文', en: '英文', lead: '报告中的每个数字都由库中数据重新算得;输入相同,文件逐字节相同。' },
  verbs: { title: '全部功能', run: '执行', result: '结果', json: 'JSON', download: '下载 JSON', required: '必填', rows: '{n} 行', rowsCut: '{n} 行,只列前 {m} 行;下载文件含全部', downloadCsv: '下载 CSV', ask: '填写', empty: '不填' },
}
