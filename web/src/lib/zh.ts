export default {
  app: { name: '滹沱', title: '滹沱 Hutuo', skip: '跳到正文' },
  nav: { map: '地图', targets: '目标', reconcile: '自述核对', clauses: '条款', report: '报告', verbs: '全部功能', main: '主导航' },
  view: {
    region: '地区', at: '有效日期', atHelp: '显示该日成立的数据;不填为今天', asOf: '已知日期', asOfHelp: '只用该日之前已知的数据;不填为全部', today: '今天', all: '全部',
    lang: 'English', langHelp: 'Switch to English', share: '分享', shareHelp: '打开此链接的人看到同样的视图', copy: '复制链接', copied: '已复制',
  },
  state: {
    loading: '正在读取…', failed: '未能完成', hint: '提示', retry: '重试', yes: '是', no: '否', close: '关闭',
    unreachable: '连不上服务', noJson: '服务的回答无法读懂', nothing: '没有可显示的内容', sortBy: '按此列排序',
  },
  map: {
    title: '区域地图', indicator: '指标', year: '年份', years: '年份(共 {n} 个)', play: '播放', stop: '停止', previous: '上一年份', next: '下一年份',
    sets: '圈层与廊道', compare: '对比两年', against: '与哪一年对比', side: '并排', swipe: '卷帘', divider: '卷帘的分界,左右键移动',
    scope: '显示范围', members: '本地区成员', everything: '全部单元', labels: '标注', labelNone: '不标', labelNames: '名称', labelValues: '名称与数值', find: '查找单元',
    zoomIn: '放大', zoomOut: '缩小', home: '回到全区',
    legend: '图例', noData: '无数据', estimate: '估计值(加点)', estimateShort: '估计', excluded: '规划明确不含', part: '仅部分属于,未划界', outside: '范围之外',
    source: '来源', boundaries: '边界来源', table: '数值表', showTable: '展开数值表', hideTable: '收起数值表', unit: '单元', code: '代码', above: '所属', role: '归属', value: '数值', difference: '差', change: '变化率',
    missing: '{n} 个单元无数据', standing: '规划目标进展', toTargets: '全部目标及依据', whole: '整体纳入 {n} 个单元', inPart: '部分纳入:{names}(规划未划界,图上画其所在单元,数值为整个单元的)', leftOut: '明确不含:{names}', released: '数据包发布于 {day}',
    figures: '数据', click: '点击地图或数值表中的单元,查看其全部数据及来源。', area: '多边形面积', lies: '属于', search: '筛选指标', core: '核心指标', counted: '{n} 项指标',
    history: '历年', period: '时期', recorded: '记录于', note: '备注', method: '方法', quality: '质量', qualityA: 'A:官方或规划', qualityB: 'B:转引', onMap: '在图上显示', partOf: '该单元只有一部分属于本地区({name}),规划未划界;以下为整个单元的数据。', isExcluded: '规划明确不含该单元。', isOutside: '该单元在本地区范围之外。', noFigures: '库中没有该地的数据。',
    exportCsv: '导出 CSV', exportPng: '导出图片', exportGeojson: '导出 GeoJSON', exports: '导出', sample: '长表抽样原始数,推算总体须除以抽样比', mapLabel: '区域地图;数值另见数值表', drawnAt: '制图日期 {day}',
    nothingYet: '在所选的日期,库中还没有本地区的单元;请改选或清空有效日期、已知日期。', noYears: '没有可上图的指标', from: '起',
  },
  role: { whole: '整体在内', part: '部分在内', excluded: '明确不含', outside: '范围之外' },
  status: { met: '已达成', on_track: '进度正常', off_track: '进度滞后', no_data: '缺数据', not_measurable: '无法量测' },
  statusHelp: {
    met: '最新数值已满足目标', on_track: '按已见增速可以按期达到', off_track: '按已见增速不能按期达到,或已过期',
    no_data: '库中没有足以判定的数据', not_measurable: '规划未写明须有多少个对象达到',
  },
  yearFrom: { stated: '条款写明', inherited: '承自规划期', none: '未写明' },
  targets: {
    title: '规划目标', target: '目标', clause: '条款', asked: '要求', year: '目标年', yearFrom: '年份来历', stance: '语气', status: '状态', observed: '最新观测', observedOn: '观测时期', operator: '算子', value: '目标值', unit: '单位', source: '来源', place: '地域', indicator: '指标',
    distance: '差距', growth: '所需年均增速', seenGrowth: '已见年均增速', settled: '判定还需要', all: '全部', method: '量法', rule: '判定规则', rows: '判定所用数据',
    related: '相关但不作判定的数据', sources: '来源', clauseText: '条款摘要(自撰)', none: '库中没有可用于判定的数据', note: '备注', observedValue: '观测值', estimate: '估计值', trail: '历年与目标', aim: '目标',
    exportCsv: '导出 CSV', exportXlsx: '导出 Excel', open: '查看依据', words: '共 {n} 项目标', count: '{n} 项{status}', then: ':', comma: '、', filter: '按状态筛选', toClause: '在条款中查看', of: '{issuer},{issued}印发;{from}—{to}年', outlook: ',展望{year}年', empty: '没有此状态的目标。',
  },
  reconcile: {
    title: '规划自述数字的核对', lead: '规划对自身陈述的数字,与库中数据所得的数字逐一对照;差从何来,写在说明里。', figure: '数字', clause: '条款', stated: '规划所述', computed: '数据所得', gap: '差', share: '差占所述', note: '说明',
    sources: '来源', inference: '推断', inferenceLead: '以下是由数据推出的可能,不是规划的陈述。', excluded: '另行排除',
    kept: '保留之和', rest: '留给未划界部分', misfit: '不合程度', misfitHelp: '余量与该部分估计值之差占所述规模的比值,越小越合', none: '无可核对', best: '最合',
  },
  clauses: {
    title: '规划条款', search: '搜索标题、摘要或编号', noText: '节选中无正文', systems: '对应的功能编号', targets: '本条的目标', plan: '规划',
    count: '{n} 条,其中 {m} 条在节选中无正文', found: '找到 {n} 条', summary: '摘要(自撰)', only: '显示', all: '全部', withText: '有正文', withoutText: '无正文', unfold: '全部展开', fold: '全部收起', pick: '选择左侧的条款查看摘要、目标与功能。', below: '下级条款', none: '没有匹配的条款。', noSummary: '节选中没有该条的正文,因此没有摘要。', has: '{n} 项目标', noTargets: '本条没有量化目标。',
  },
  report: {
    title: '评估报告', formats: '格式', language: '报告语言', make: '生成', download: '下载', preview: '预览', zh: '中文', en: '英文', lead: '报告中的每个数字都由库中数据重新算得;输入相同,文件逐字节相同。',
    html: '网页(可打印)', xlsx: 'Excel 工作簿', json: 'JSON(供程序读取)', file: '文件', size: '大小', check: '校验值 SHA-256',
  },
  verbs: {
    title: '全部功能', lead: '平台的每项功能都能在此直接使用;同一功能也有命令行与接口,名称相同。', run: '执行', result: '结果', json: 'JSON', table: '表格', download: '下载 JSON', downloadCsv: '下载 CSV', required: '必填', rows: '{n} 行', firstRows: '显示前 {n} 行,下载得到全部', empty: '不填', nothing: '这项功能不需要填写。', pick: '从列表选择一项功能。', search: '查找功能', list: '多个值用逗号分隔', range: '范围 {least} 至 {most}', least: '不小于 {least}', most: '不大于 {most}', api: '接口', command: '命令行', missing: '没有名为“{name}”的功能',
  },
  part: { base: '基础:地区、数据表、数据', plan: '规划:条款、目标、评估', space: '空间:可达与通勤', siting: '选址', economy: '经济', environment: '环境', exchange: '交换', ledger: '账本', report: '报告' },
}
